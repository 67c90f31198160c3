package h264

// idrPicID reads idr_pic_id of an IDR slice (7.3.3) and says at which bit of the unescaped NAL unit its code stands.
func idrPicID(rbsp []byte, s *Stream) (id uint32, at int, err error) {
	r := bitReader{data: rbsp, pos: 8}
	r.ue() // first_mb_in_slice
	r.ue() // slice_type
	r.ue() // pic_parameter_set_id
	if s.separatePlanes {
		r.u(2)
	}
	r.u(s.frameNumBits)
	if !s.Progressive && r.u(1) == 1 {
		r.u(1)
	}
	at = r.pos
	id = r.ue()
	if r.bad || id > 1<<16-1 {
		return 0, 0, malformed("a slice header is cut short")
	}
	return id, at, nil
}

// IDRPicID returns idr_pic_id of the first IDR slice among units, and false when there is none.
func IDRPicID(units [][]byte, s *Stream) (uint32, bool, error) {
	for _, u := range units {
		if Type(u) == TypeIDR {
			id, _, err := idrPicID(unescape(u), s)
			return id, err == nil, err
		}
	}
	return 0, false, nil
}

// ChangeIDRPicID gives all IDR slices of an access unit another idr_pic_id, as two IDR pictures in a row must not
// share one (7.4.3). The new id is chosen so that its code is longer by exactly 8 bits: slice data then moves by a
// whole byte and its alignment, which CABAC depends on, stays.
func ChangeIDRPicID(units [][]byte, s *Stream) ([][]byte, error) {
	out := append([][]byte(nil), units...)
	for i, u := range units {
		if Type(u) != TypeIDR {
			continue
		}
		rbsp := unescape(u)
		old, at, err := idrPicID(rbsp, s)
		if err != nil {
			return nil, err
		}
		id := (old+1)<<4 - 1 // four more leading zeros, four more digits
		if id > 1<<16-1 {
			return nil, malformed("idr_pic_id %d is too large to be moved", old)
		}
		w := bitWriter{data: make([]byte, 0, len(rbsp)+1)}
		w.data = append(w.data, rbsp[:at>>3]...)
		w.n = len(w.data) * 8
		r := bitReader{data: rbsp, pos: w.n}
		w.u(r.u(at&7), at&7)
		w.ue(id)
		r.ue()
		// Source and result are again at the same bit of a byte: copy up to the byte boundary, then bytes.
		n := -r.pos & 7
		w.u(r.u(n), n)
		w.data = append(w.data, rbsp[r.pos>>3:]...)
		out[i] = escape(w.data)
	}
	return out, nil
}
