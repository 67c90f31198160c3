package prompt

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCorpus reads prompts as people write them. want is Plan.Sentence; unknown is what has to be reported as not
// understood, in order.
func TestCorpus(t *testing.T) {
	for _, tt := range corpus {
		t.Run(tt.prompt, func(t *testing.T) {
			p, err := lex(t).Read(tt.prompt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, p.Sentence()); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unknown, strings.Join(p.Unknown, " ")); diff != "" {
				t.Errorf("unknown (-want +got):\n%s", diff)
			}
		})
	}
}

var corpus = []struct{ prompt, want, unknown string }{
	{"replace the sound with rain and fade to black", "fade [out]; sound: rain", ""},
	{"fade out", "fade [out]; sound: fade sound", ""},
	// One effect, as a word, a sentence, a wish.
	{"snow", "snow", ""},
	{"make it snow", "snow", ""},
	{"Let it snow, let it snow, let it snow!", "snow", ""},
	{"Please add some snowflakes falling from the sky", "snow", ""},
	{"turn the scene into a winter scene", "snow", ""},
	{"a very light dusting of snow", "snow (very light)", ""},
	{"light snow", "snow (light)", ""},
	{"snow falling gently", "snow (light)", ""},
	{"the snow melts and rain falls", "rain; sound: rain", ""},
	{"melting snow and rain", "rain; sound: rain", ""},
	{"snow that never melts", "snow", ""},
	{"snow, melting ice", "snow", "melting ice"},
	{"gently falling snow", "snow (light)", ""},
	{"It is snowing heavily", "snow (heavy)", ""},
	{"extremely heavy snow", "snow (very heavy)", ""},
	{"snow is heavy at night", "night, snow (heavy)", ""},
	{"a few snow flurries", "snow (very light)", ""},
	{"BLIZZARD", "wind-blown snow (very heavy); sound: wind (strong)", ""},
	{"change the weather to rain", "rain; sound: rain", ""},
	{"a light drizzle", "rain (very light); sound: rain (very light)", ""},
	{"pouring rain", "rain (very heavy); sound: rain (very heavy)", ""},
	{"turn day into night", "night", ""},
	{"make it dark, moonlit", "moonlight", ""},
	{"at dusk", "dusk", ""},
	{"sunset", "golden hour (strong)", ""},
	{"a black and white film noir look", "noir", ""},
	{"candlelit dinner, warm", "candle light", "dinner"},
	{"winter look, no snow", "winter", ""},
	{"golden hour, sun from the left", "golden hour [at: left]", "sun"},
	{"warm candle light from the right side", "candle light [at: right]", ""},
	{"snow from the left", "snow [right]", ""},
	{"lights flicker", "flicker", ""},
	{"green neon light", "neon [green]", ""},
	{"autumn colours under an overcast sky", "overcast, autumn", ""},
	{"black and white", "black and white", ""},
	{"black and white with a red filter", "black and white [red]", ""},
	{"B&W film look", "black and white", ""},
	{"in black-and-white", "black and white", ""},
	{"slightly desaturated", "less colour (slight)", ""},
	{"remove the colours", "black and white", ""},
	{"sepia", "sepia", ""},
	{"warmer", "warmer", ""},
	{"a bit warmer please", "warmer (slight)", ""},
	{"golden hour light", "golden hour", ""},
	{"much cooler tones", "cooler (strong)", ""},
	{"a cold, bluish look", "cooler", ""},
	{"blur the background", "background blur", ""},
	{"Put the whole background out of focus", "background blur", ""},
	{"strong background blur", "background blur (strong)", ""},
	{"shallow depth of field", "background blur", ""},
	{"slow motion", "slow motion", ""},
	{"in slow-mo", "slow motion", ""},
	{"play it at half the speed", "slow motion", "play"},
	// Several.
	{"heavy snow at night", "night, snow (heavy)", ""},
	{"heavy snow at night, wind howling", "night, wind-blown snow (heavy); sound: wind (strong)", ""},
	{"night and heavy rain and light wind", "night, wind-blown rain (heavy); sound: rain (heavy), wind (gentle)", ""},
	{"rain with distant thunder", "rain; sound: rain, thunder (gentle)", ""},
	{"a thunderstorm at night", "night, wind-blown rain (heavy), lightning; sound: rain (heavy), thunder, wind", ""},
	{"slow motion, warm light, blurred background", "slow motion, background blur, warmer", ""},
	{"black and white with snow", "snow, black and white", ""},
	{"cold winter night", "night, snow, cooler", ""},
	{"warm and then cold", "warmer [until the middle], cooler [from the middle on]", ""},
	// Sound.
	{"silence", "sound: silence", ""},
	{"remove the sound", "sound: silence", ""},
	{"no sound at all", "sound: silence", ""},
	{"the sound of rain", "sound: rain", ""},
	{"replace the audio with gentle rain sounds", "sound: rain (light)", ""},
	{"ocean waves crashing on the shore", "sound: ocean", ""},
	{"I want to hear the sea and strong wind", "sound: ocean, wind (strong)", ""},
	{"rolling thunder", "sound: thunder", ""},
	{"add wind", "sound: wind over the original", ""},
	{"thunder on top of the original sound", "sound: thunder over the original", ""},
	{"make it sound like a telephone call", "sound: telephone", ""},
	// Speech.
	{`a man says "Hello, and welcome."`, `sound: a man says "Hello, and welcome."`, ""},
	{`She whispers “it's snowing”`, `sound: a woman whispers "it's snowing"`, ""},
	{`"Look out!" shouts the girl`, `sound: a girl shouts "Look out!"`, ""},
	{`a voice says 'don't go' over the phone`, `sound: a voice says "don't go", telephone`, ""},
	{`heavy snow while a woman says "what a storm"`, `snow (heavy); sound: a woman says "what a storm"`, ""},
	{`The man says "one" and then the woman says "two"`, `sound: a man says "one" [until the middle], a woman says "two" [from the middle on]`, ""},
	{`"heavy snow"`, "snow (heavy)", ""},
	{`make it 'snowy'`, "snow", ""},
	{`"hello there"`, `sound: a voice says "hello there"`, ""},
	{`'Hello there.'.`, `sound: a voice says "Hello there."`, ""},
	{`"a purple unicorn in heavy snow"`, "snow (heavy)", "unicorn purple"},
	{`wind, "winter is here"`, `sound: wind, a voice says "winter is here"`, ""},
	{`"winter is here", wind`, `sound: wind, a voice says "winter is here"`, ""},
	{`wind and "winter is here"`, `sound: wind, a voice says "winter is here"`, ""},
	{`The woman: "It is a cold night." Heavy snow.`, `snow (heavy); sound: a woman says "It is a cold night."`, ""},
	{`add "rain" and "thunder"`, "rain; sound: rain, thunder over the original", ""},
	{`"heavy snow" at night`, "night, snow (heavy)", ""},
	{`snow, no "rain"`, "snow", ""},
	// Negation.
	{"without rain, with snow", "snow", ""},
	{"snow, no rain", "snow", ""},
	{"snow instead of rain", "snow", ""},
	{"instead of the rain I want snow", "snow", ""},
	{"no rain, just snow", "snow", ""},
	{"no rain just snow", "snow", ""},
	{"rain that stops after 3 seconds", "rain [until 3 s]; sound: rain [until 3 s]", ""},
	{"a crowd, which falls silent after 2 seconds", "sound: crowd [until 2 s]", ""},
	{"birds, and the wind dies down", "sound: birds", ""},
	{"the hum is annoying", "sound: de-hum", ""},
	{"add a hum", "sound: hum over the original", ""},
	{"shaky footage, please fix", "stabilise", ""},
	{"make it shaky", "handheld", ""},
	{"make the rain stop, warmer", "warmer", ""},
	{"freeze for 2 seconds after 3 seconds", "freeze [from 3 s to 5 s]", ""},
	{"play it backwards but leave the audio", "reverse", ""},
	{"snow that gets heavier by the end", "snow (heavy) [gradually]", ""},
	{`title "Lisbon" fading in at the start and out at the end`, `title "Lisbon" [gradually]`, ""},
	{`"BOOM" appears top right`, `title "BOOM" [at: top right]`, ""},
	{"snow from 3 s to 1 s", "snow [from 1 s to 3 s]", ""},
	{"snow at -5 seconds", "snow", "-5 seconds"},
	{"a flash at 2.5", "flash [from 2.5 s on]", ""},
	{"embers/sparks", "embers, sparks", ""},
	{"snow, slowly", "snow [0.6 × speed]", ""},
	{"dusk, slowly", "dusk [gradually]", ""},
	{"slowly zoom out", "zoom [out, 0.6 × speed]", ""},
	{"petals, strong, upwards", "petals (strong) [up]", ""},
	{"crash zoom", "zoom [in, 2 × speed]", ""},
	{"no music, birds or thunder; light rain", "rain (light); sound: rain (light)", ""},
	{"no music and heavy snow", "snow (heavy)", ""},
	{"it should not rain but snow", "snow", ""},
	{"don't make it rain, just wind", "sound: wind", ""},
	{"not too heavy snow", "snow (light)", ""},
	{"nothing but snow", "snow", ""},
	{"turn the rain into snow", "snow", ""},
	{"replace the dialogue with the sound of the ocean", "sound: ocean", ""},
	{"turn the sound off", "sound: silence", ""},
	{"change the weather from sunny to rainy", "rain; sound: rain", ""},
	{"no longer raining, instead it snows", "snow", ""},
	{"without any sound except the wind", "sound: wind", ""},
	{"lots of snow, hardly any wind", "wind-blown snow (heavy); sound: wind (faint)", ""},
	{"heavy rain with thunder in the distance", "rain (heavy); sound: rain (heavy), thunder (gentle)", ""},
	{`say "good morning" with a woman's voice over ocean waves`, `sound: ocean, a woman says "good morning"`, ""},
	{"wind: strong; snow: light", "wind-blown snow (light); sound: wind (strong)", ""},
	{"sound of thunder and rain, picture in black & white", "black and white; sound: rain, thunder", ""},
	// Partly understood.
	{"snow and a dancing bear", "snow", "dancing bear"},
	{"a man walking through heavy snow at night", "night, snow (heavy)", "walking man"},
	{"add birds and rain", "rain; sound: rain, birds over the original", ""},
	{"the person turns into a dragon, heavy rain", "rain (heavy); sound: rain (heavy)", "person dragon"},
	{"snow 80%", "snow", "80%"},
}
