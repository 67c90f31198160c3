package verify_test
import ("testing";"context";"retake/internal/splice";"retake/internal/aac";"fmt")
func TestDbg(t *testing.T) {
	for _, n := range []string{"rotated.mov","single.mp4"} {
	src, err := splice.Open(clip(t, n)); if err != nil { t.Fatal(err) }
	a := src.Audio
	s := ""
	for i := range a.Count() { w, err := aac.PeekWindow(a.Config, packet(t, a, i)); if err != nil { t.Fatal(err) }; s += fmt.Sprint(int(w.Sequence)); if !w.Whole { s += "'" } }
	t.Log(n, s)
	from, to := a.Span(2.04, 4.12)
	p, q := aac.Bounds(from, to, a.Count())
	old, _ := a.Decode(context.Background(), openTools(t), from, to)
	rep, err := aac.Splice(context.Background(), openTools(t), a, a.Config, aac.Region{from, to, blend(old, tone(int(to-from), 2), 2)})
	if err != nil { t.Fatal(err) }
	t.Log(p, q, rep.First, len(rep.Packets), *rep.SeamIn, *rep.SeamOut)
	s = ""
	for _, x := range rep.Packets { w, _ := aac.PeekWindow(a.Config, x); s += fmt.Sprint(int(w.Sequence)); if !w.Whole { s += "'" } }
	t.Log(s)
	}
}
