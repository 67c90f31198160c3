package hosted

import "testing"

// A price is taken only in a form in which it can be counted.
func TestPriceSetting(t *testing.T) {
	cfg := Config{URL: "https://api.example.com", Model: "m", KeyEnv: "KEY", Slots: 1, AnswerLimit: 1 << 30,
		RequestWithin: 1, FileWithin: 1, JobWithin: 1, PollEvery: 1, LostWithin: 1}
	for price, ok := range map[string]bool{"": true, "0": true, "0.10": true, "2": true, ".5": false, "0x10": false, "1/3": false, "1e3": false, "-1": false, "1_0": false} {
		cfg.Price = price
		if err := cfg.Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", price, err)
		}
	}
}
