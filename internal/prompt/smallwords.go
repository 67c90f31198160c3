package prompt

import "strings"

// fillers may stand between the words of a phrase.
var fillers = wordSet(`a an the of in is are its it's it this that his her their our my your some all whole entire any to be more with by original`)

// smallWords carry no wish of their own: grammar, the words people wrap a wish in, and how weather moves.
var smallWords = wordSet(`
a an the this that these those it its it's itself he him his she her hers they them their theirs we us our i me my you your yours
is are was were be been being am do does did doing have has had having will would shall should can could may might must let lets let's
and or but so then than as if while when where which who whose what how because with within into onto in on at by for from to of off up down
over under above below behind between among through throughout across along around about after before during until till since again also too
just only even still yet very really quite rather fairly somewhat more most much many few such same other another each every both all any some
here there now out away back together please kindly thanks
make makes making made turn turns turning turned change changes changing changed create creates creating give gives giving get gets getting
put puts putting set sets go goes going come comes coming become becomes becoming want wants like likes need needs try use using apply applied
keep keeps keeping start starts starting begin begins beginning end ends ending appear appears show shows shown see seen seeing look looks looking
seem seems feel feels feeling have has transform transforms convert render generate produce edit edited retake redo replace replaces replacing swap
instead add adds adding added plus mix overlay cover covers covered covering fill fills filled filling
video clip scene scenes shot shots footage film movie picture pictures image images frame frames segment part moment view camera version
effect effects style styled mood atmosphere ambience ambient tone tones tint light lighting conditions weather time day daytime outside outdoors
sound sounds sounding noise noises audio soundtrack hear hearing heard listen soundscape acoustic track
background foreground everything everywhere something anything nothing thing things whole entire original subject sky air ground
fall falls falling fell drop drops dropping blow blows blowing blown drift drifts drifting swirl swirls swirling whirling float floats floating
flakes pour pours hit hits hitting rolling rumble rumbles rumbling crash crashes crashing blur
old i'd i'm we'd distance shutter realistic real natural naturally beautiful nice cinematic slowly quickly suddenly continuously overhead everyone color colour colors colours
graded grade grading white black speed lots lot kind sort bit call line one two first second last don't dont not no without never
`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
