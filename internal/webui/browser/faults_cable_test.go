package browser

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// cable stands between a browser and the server. It can be made slow towards the server, and cut.
type cable struct {
	url    string
	server string
	rate   atomic.Int64 // bytes a second towards the server; 0: unbounded
	sent   atomic.Int64 // bytes towards the server so far

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

// plug lays a cable to the server and lets the page use it.
func (p *page) plug() *cable {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	c := &cable{url: "http://" + l.Addr().String(), server: strings.TrimPrefix(p.s.url, "http://"), conns: map[net.Conn]bool{}}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(in)
		}
	}()
	p.t.Cleanup(func() {
		l.Close()
		c.set(true)
	})
	p.via = c.url
	return c
}

// set cuts the cable, with all that goes through it, or mends it.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	for conn := range c.conns {
		if cut {
			_ = conn.(*net.TCPConn).SetLinger(0) // as if a router had forgotten it
			conn.Close()
		}
	}
}

func (c *cable) hold(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		conn.Close()
		return false
	}
	c.conns[conn] = true
	return true
}

func (c *cable) drop(conn net.Conn) {
	conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
}

func (c *cable) carry(in net.Conn) {
	if !c.hold(in) {
		return
	}
	defer c.drop(in)
	out, err := net.Dial("tcp", c.server)
	if err != nil || !c.hold(out) {
		return
	}
	defer c.drop(out)
	go func() {
		_, _ = io.Copy(in, out)
		in.Close()
	}()
	chunk := make([]byte, 8<<10)
	for {
		n, err := in.Read(chunk)
		if _, failed := out.Write(chunk[:n]); failed != nil || err != nil {
			return
		}
		c.sent.Add(int64(n))
		if rate := c.rate.Load(); rate > 0 {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(rate))
		}
	}
}

// A cable that is cut lets nothing through, or the tests with it would show nothing.
func TestCable(t *testing.T) {
	s := start(t)
	p := open(t, s, 800, 600)
	p.allow(lost...)
	c := p.plug()
	p.visit("/docs/models")
	p.wait("the page", `document.querySelector('h1')`)
	if c.sent.Load() == 0 {
		t.Error("the page did not come through the cable")
	}
	c.set(true)
	if text := js[string](p, `location.href`); !strings.HasPrefix(text, c.url) {
		t.Errorf("the page is at %s", text)
	}
}
