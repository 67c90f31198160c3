package browser

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
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
	_ = in.(*net.TCPConn).SetReadBuffer(512 << 10) // what it takes in at once counts as sent
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
