package prompt

// sense is what one entry of the lexicon asks for. A strength of 0 stands for Usual. An entry with looks and cues
// ("rain") means either or both, as the mode and the words around it say.
type sense struct {
	looks []Look
	cues  []Cue
}

// Entry is one meaning and the phrases that carry it.
type Entry struct {
	Phrases []string // lower case, words parted by one space
	sense
}

// Looks returns the picture effects the entry stands for.
func (e Entry) Looks() []Look { return e.looks }

// Cues returns the sounds the entry stands for.
func (e Entry) Cues() []Cue { return e.cues }

func look(e Effect, strength float64) []Look { return []Look{{Effect: e, Strength: strength}} }
func cue(n Noise, strength float64) []Cue    { return []Cue{{Noise: n, Strength: strength}} }

// Lexicon returns every phrase that names an effect or a sound. Articles and other small words may stand between the
// words of a phrase: "blur the whole background" is found by "blur background".
func Lexicon() []Entry { return lexicon }

var lexicon = []Entry{
	{[]string{"snow", "snowing", "snowy", "snows", "snowed", "snowfall", "snow fall", "snowflake", "snowflakes", "snow flakes",
		"wintry", "wintery", "winter", "winter weather", "christmas weather"}, sense{looks: look(Snow, 0)}},
	{[]string{"flurry", "flurries", "snow flurries", "dusting of snow"}, sense{looks: look(Snow, 0.3)}},
	{[]string{"blizzard", "snowstorm", "snow storm", "whiteout"}, sense{looks: look(Snow, 0.97), cues: cue(Wind, 0.85)}},
	{[]string{"rain", "raining", "rainy", "rains", "rained", "rainfall", "raindrop", "raindrops", "rain drops", "shower", "showers", "rain shower"},
		sense{looks: look(Rain, 0), cues: cue(RainSound, 0)}},
	{[]string{"drizzle", "drizzling", "drizzly", "sprinkle of rain", "mizzle"}, sense{looks: look(Rain, 0.28), cues: cue(RainSound, 0.28)}},
	{[]string{"downpour", "pouring", "pouring rain", "pouring down", "cloudburst", "deluge", "rainstorm", "monsoon"},
		sense{looks: look(Rain, 0.95), cues: cue(RainSound, 0.95)}},
	{[]string{"storm", "stormy", "thunderstorm", "thunderstorms", "thunder storm", "tempest"},
		sense{looks: look(Rain, 0.85), cues: []Cue{{Noise: RainSound, Strength: 0.8}, {Noise: Thunder, Strength: 0.7}, {Noise: Wind, Strength: 0.7}}}},
	{[]string{"night", "nighttime", "night time", "nights", "nightfall", "nocturnal", "midnight", "after dark", "dark", "darkness", "moonlight",
		"moonlit", "moon light", "day for night", "night light"}, sense{looks: look(Night, 0)}},
	{[]string{"dusk", "twilight", "evening", "blue hour"}, sense{looks: look(Night, 0.32)}},
	{[]string{"black and white", "black & white", "black white", "b&w", "b/w", "bw", "monochrome", "monochromatic", "grayscale", "greyscale", "gray scale",
		"grey scale", "noir", "film noir", "desaturate", "desaturated", "colorless", "colourless", "no color", "no colour", "no colors", "no colours",
		"without color", "without colour", "without colors", "without colours", "remove color", "remove colour", "remove colors", "remove colours",
		"take away color", "take away colour"}, sense{looks: look(BlackAndWhite, 0)}},
	{[]string{"sepia", "sepia tone", "sepia toned"}, sense{looks: []Look{{Effect: BlackAndWhite}, {Effect: Warmer, Strength: 0.75}}}},
	{[]string{"warm", "warmer", "warmth", "warm up", "warmed up", "warm light", "warm tones", "warm colors", "warm colours", "golden", "golden hour",
		"golden light", "amber", "orange tint", "candlelight", "candle light", "summery"}, sense{looks: look(Warmer, 0)}},
	{[]string{"sunset", "sunrise"}, sense{looks: look(Warmer, 0.85)}},
	{[]string{"cool", "cooler", "cold", "colder", "cool down", "cool tones", "cool colors", "cool colours", "cold light", "cool light", "bluish", "bluer",
		"blue tint", "blue tone", "blue tones", "icy", "chilly", "frosty"}, sense{looks: look(Cooler, 0)}},
	{[]string{"background blur", "blur background", "blurs background", "blurring background", "blurred background", "blurry background",
		"background blurred", "background blurry", "blur", "blurred", "blurry", "bokeh", "shallow depth of field",
		"shallow focus", "portrait mode", "background out of focus", "out of focus background",
		"defocus background", "defocused background", "unfocused background", "soft background", "blur behind"},
		sense{looks: look(BackgroundBlur, 0)}},
	{[]string{"slow motion", "slowmotion", "slow mo", "slowmo", "slo mo", "slomo", "slow down", "slows down", "slowed down", "slowing down", "slowed",
		"slower", "slow", "half speed", "reduced speed", "time slows"}, sense{looks: look(SlowMotion, 0)}},
	{[]string{"bullet time", "super slow motion", "quarter speed"}, sense{looks: look(SlowMotion, 0.95)}},
	{[]string{"silence", "silent", "silenced", "mute", "muted", "soundless", "no sound", "no sounds", "no audio", "no noise", "without sound",
		"without sounds", "without audio", "without noise", "remove sound", "remove audio", "remove all sound", "remove noise", "delete sound", "delete audio",
		"take away sound", "turn off sound", "turn sound off", "sound off"}, sense{cues: cue(Silence, 0)}},
	{[]string{"ocean", "oceans", "ocean waves", "sea", "seas", "seaside", "sea waves", "seashore", "surf", "waves", "crashing waves", "waves crashing",
		"breakers", "shore", "beach"}, sense{cues: cue(Ocean, 0)}},
	{[]string{"thunder", "thunders", "thundering", "thunderclap", "thunderclaps", "clap of thunder", "rolling thunder", "thunder rolls",
		"rumble of thunder", "thunder rumbling"}, sense{cues: cue(Thunder, 0)}},
	{[]string{"wind", "winds", "windy", "gust", "gusts", "gusty", "gusting", "wind blowing", "wind blows"}, sense{cues: cue(Wind, 0)}},
	{[]string{"breeze", "breezy", "draught"}, sense{cues: cue(Wind, 0.3)}},
	{[]string{"gale", "hurricane", "windstorm", "howling wind", "wind howling", "wind howls", "howling winds"}, sense{cues: cue(Wind, 0.92)}},
	{[]string{"telephone", "telephones", "phone", "phone call", "telephone call", "over phone", "on phone", "phone line", "telephone line", "phone voice"},
		sense{cues: cue(Telephone, 0)}},
}

// measures are the words that say how much, with the strength they stand for.
var measures = []struct {
	strength float64
	words    []string
}{
	{0.15, []string{"faint", "faintly", "barely", "hint of", "hint", "trace of", "tiny", "minimal", "hardly", "hardly any", "almost no"}},
	{0.3, []string{"light", "lightly", "gentle", "gently", "soft", "softly", "slight", "slightly", "little", "bit", "touch of", "mild", "mildly", "subtle",
		"subtly", "thin", "few", "quiet", "quietly", "distant", "in the distance", "far away", "far off", "calm", "delicate", "delicately", "weak", "weakly", "lighter", "softer"}},
	{0.6, []string{"moderate", "moderately", "medium", "normal", "steady", "steadily"}},
	{0.85, []string{"heavy", "heavily", "heavier", "strong", "strongly", "stronger", "intense", "intensely", "hard", "harder", "thick", "thickly", "dense",
		"densely", "loud", "loudly", "louder", "deep", "deeply", "dramatic", "dramatically", "lots of", "lot of", "plenty of", "much", "howling", "howls",
		"roaring", "roars", "violent", "violently", "big", "great", "powerful", "full", "fully", "complete", "completely", "total", "totally",
		"entirely", "pitch", "bitterly", "bitter", "booming", "driving"}},
	{1, []string{"extreme", "extremely", "massive", "torrential", "raging", "severe", "severely", "huge", "maximum", "furious", "furiously", "wild",
		"wildly", "ferocious", "deafening", "blinding", "enormous"}},
}

// boosters make the measure that follows them stronger; alone before a term they stand for 0.85.
var boosters = []string{"very", "really", "super", "incredibly", "so very", "much more", "far more"}

// Speech words. A quotation near one of them is read aloud.
var (
	speechWords = []string{"say", "says", "saying", "said", "speak", "speaks", "speaking", "spoken", "tell", "tells", "telling", "shout", "shouts",
		"shouting", "yell", "yells", "ask", "asks", "asking", "reply", "replies", "announce", "announces", "announcing", "narrate", "narrates",
		"narrating", "narration", "voice", "voices", "voiceover", "narrator", "read", "reads", "reading", "talk", "talks", "talking", "whisper",
		"whispers", "whispering", "whispered", "speech", "dialogue", "dialog", "exclaims", "murmurs", "utters"}
	whisperWords = []string{"whisper", "whispers", "whispering", "whispered", "murmurs"}
	manWords     = []string{"man", "male", "he", "guy", "boy", "gentleman", "father", "grandfather", "king", "him", "his", "masculine", "dad", "men"}
	womanWords   = []string{"woman", "female", "she", "girl", "lady", "mother", "grandmother", "queen", "her", "feminine", "mom", "mum", "women"}
)

// soundWords say that the words around them are about what is heard.
var soundWords = []string{"sound", "sounds", "sounding", "noise", "noises", "audio", "hear", "hearing", "heard", "listen", "soundtrack", "soundscape",
	"ambience", "acoustic"}

// heardThings are what a new sound leaves out by itself, so that "wind, no music" needs no warning.
var heardThings = []string{"music", "song", "songs", "singing", "voice", "voices", "speech", "talk", "talking", "speaking", "dialogue", "birds", "bird",
	"traffic", "cars", "crowd", "chatter", "footsteps", "dog", "barking", "people", "hum", "hiss"}

// addWords ask for sounds over the clip's own; replaceWords take that back.
var (
	addWords = []string{"add", "adds", "adding", "added", "plus", "overlay", "mix in", "on top of", "over original", "keep original", "keep sound",
		"keep audio", "keep voice", "keep voices", "keep speech", "keep music", "keeping original", "keeping sound", "keeping voices", "behind voices",
		"under voices", "under original", "underneath"}
	replaceWords = []string{"replace", "replaces", "replacing", "swap", "instead"}
)

// Negation. A negator reaches to the next break of the sentence; openers of a list ("without a, b or c") reach over commas.
var (
	negators = []string{"no", "not", "without", "never", "dont", "don't", "doesnt", "doesn't", "isn't", "isnt", "avoid", "avoiding", "exclude",
		"excluding", "minus", "instead of", "rather than", "free of", "except", "nor", "no longer", "cannot", "can't", "shouldn't", "won't", "neither"}
	removers = []string{"remove", "removes", "removing", "delete", "erase", "get rid of", "take away", "take out", "stop", "stopping", "clear away",
		"eliminate", "reduce", "less", "fewer"}
	// melters take away the snow beside them: "the snow melts", "melting snow".
	melters = []string{"melt", "melts", "melting", "melted", "thaw", "thaws", "thawing", "thawed"}
	// changers have a "from" part, up to one of the words in changedTo: "turn the rain into snow".
	changers  = []string{"turn", "turns", "change", "changes", "convert", "transform", "replace", "replaces", "replacing", "swap"}
	changedTo = []string{"into", "to", "with", "by", "for"}

	notNegators = []string{"not only", "nothing but", "no less than", "why not", "cannot stop", "can't stop", "not just"}
)
