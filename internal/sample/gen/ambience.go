package main

import "math"

// seasonAt is the season around the ox at a time in seconds.
func seasonAt(t float64) float64 { return season(t*fps*pace + oxX) }

// wind blows in gusts through winter and dies to a breeze.
func wind(t *track) {
	for side, out := range [][]float64{t.left, t.right} {
		near, far := hiss(len(out), 401+side), hiss(len(out), 411+side)
		var howl, body, air bandpass
		for i := range out {
			s := float64(i) / rate
			gust := clouded(s/1.7+float64(side)*0.15, 1, 3, 421)
			cold := lerp(1, 0.10, rise(0.15, 0.85, seasonAt(s)))
			v := 0.55*body.next(near[i], 170+260*gust, 0.9) +
				0.16*howl.next(far[i], 420+520*gust, 0.10)*gust +
				0.10*air.next(far[i], 2400, 1.3)
			out[i] += 0.16 * v * cold * (0.35 + 1.3*gust*gust)
		}
	}
}

// crickets sing in threes from two places in the grass once it is warm.
func crickets(t *track) {
	for k := range 3 {
		hz, every := 4150+230*float64(k), 0.47+0.06*float64(k)
		for at := 6.0 + 0.2*float64(k); at < 14; at += every {
			warm := rise(0.55, 0.95, seasonAt(at))
			if warm == 0 {
				continue
			}
			chirp := make([]float64, rate/6)
			for i := range chirp {
				s := float64(i) / rate
				pulse := math.Mod(s, 0.036) / 0.036
				if s < 0.108 {
					chirp[i] = math.Sin(2*math.Pi*hz*s) * math.Pow(math.Sin(math.Pi*pulse), 2)
				}
			}
			t.add(chirp, at, []float64{-0.8, 0.7, 0.2}[k], 0.016*warm)
		}
	}
}

// birdsong is short whistled phrases, each note a glide.
func birdsong(t *track) {
	d := &dice{seed: 431}
	for at := 4.2; at < 13.4; at += d.between(0.45, 1.15) {
		warm := rise(0.25, 0.7, seasonAt(at))
		pan, base := d.between(-0.9, 0.9), d.between(2500, 4300)
		notes, when := 2+int(d.roll()*4), at
		for range notes {
			long, glide := d.between(0.05, 0.13), d.between(-900, 1300)
			t.add(room(whistle(base+d.between(-300, 300), glide, long), 0.6), when, pan, 0.05*warm)
			when += long + d.between(0.02, 0.06)
		}
	}
}

func whistle(hz, glide, long float64) []float64 {
	out := make([]float64, int((long+0.25)*rate))
	phase := 0.0
	for i := range out {
		u := float64(i) / rate / long
		if u > 1 {
			break
		}
		phase += 2 * math.Pi * (hz + glide*u + 60*math.Sin(u*19)) / rate
		out[i] = math.Sin(phase) * math.Pow(math.Sin(math.Pi*u), 1.5)
	}
	return out
}

// steps puts a sound under each hoof as it lands, by what it lands on.
func steps(t *track) {
	when, where, far := landings(frames)
	for i, f := range when {
		s := season(f*pace + oxX + where[i]*metre)
		gain := 1.0
		if far[i] {
			gain = 0.72
		}
		pan := where[i] * 0.22
		t.add(thump(i), f/fps, pan, 0.17*gain)
		if white := rise(0.34, 0.16, s); white > 0 {
			t.add(crunch(i), f/fps-0.01, pan, 0.34*white*gain)
		}
		if green := rise(0.2, 0.5, s); green > 0 {
			t.add(swish(i), f/fps-0.05, pan, 0.22*green*gain)
		}
	}
}

// thump is a heavy foot on soft ground.
func thump(seed int) []float64 {
	out := make([]float64, rate/5)
	phase, soft := 0.0, hiss(len(out), 441+seed)
	var b bandpass
	for i := range out {
		s := float64(i) / rate
		phase += 2 * math.Pi * (52 + 60*math.Exp(-s*38)) / rate
		out[i] = (math.Sin(phase) + 0.5*b.next(soft[i], 190, 0.8)) * math.Exp(-s*21) * rise(0, 0.004, s) * rise(0.2, 0.16, s)
	}
	return out
}

// crunch is dry snow giving way: many small grains, densest as the weight comes on.
func crunch(seed int) []float64 {
	out := make([]float64, rate*3/10)
	d := &dice{seed: 451 + seed}
	var lowBand, highBand bandpass
	env := 0.0
	for i := range out {
		s := float64(i) / rate
		weight := rise(0, 0.02, s) * math.Exp(-s*13) * rise(0.3, 0.24, s)
		if d.roll() < 0.013*weight+0.001 {
			env += d.between(0.2, 1)
		}
		env *= 0.9935
		n := 2*d.roll() - 1
		out[i] = weight * env * (0.8*lowBand.next(n, 1500, 0.8) + 0.55*highBand.next(n, 3900, 0.9))
	}
	return out
}

// swish is a leg through grass.
func swish(seed int) []float64 {
	out := make([]float64, rate/3)
	n := hiss(len(out), 461+seed)
	var b bandpass
	for i := range out {
		u := float64(i) / float64(len(out))
		out[i] = b.next(n[i], 2300+1900*math.Sin(math.Pi*u), 0.9) * math.Pow(math.Sin(math.Pi*u), 2) * (0.5 + 0.5*noise(u*23, 1, 471+seed))
	}
	return out
}

// bells rings the brass bell at each nod, a little differently every time.
func bells(t *track) {
	d := &dice{seed: 481}
	for f := 9.0; f < frames-6; f += stride / 2 {
		out := make([]float64, rate)
		force := d.between(0.5, 1)
		for k, ratio := range []float64{1, 1.52, 2.31, 3.04, 4.27} {
			for i := range out {
				s := float64(i) / rate
				out[i] += force * math.Sin(2*math.Pi*742*ratio*s) * math.Exp(-s*(5+3.2*float64(k))) * []float64{0.8, 1, 0.55, 0.35, 0.16}[k] * rise(0, 0.0015, s) * rise(1, 0.9, s)
			}
		}
		t.add(room(out, 0.5), f/fps+d.between(-0.02, 0.03), 0.25, 0.034)
	}
}
