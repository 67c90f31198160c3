// Package sound makes the new sound of a segment: ambience, foley and tones synthesised from filtered noise, struck modes and
// thousands of small events, the room tone of the clip itself, spoken words, and treatments of what is there. Entries lists all of it. It
// levels what it makes against the surrounding programme, keeps it under full scale and joins it to the original at
// both ends of the segment.
//
// It works on samples in memory and knows nothing of prompts, codecs, containers or ffmpeg. Sound is float32 with
// nominal range -1 to 1; interleaved at the package's edge, one slice for each channel inside. Everything random
// comes from Input.Seed, and nothing runs side by side, so the same input gives the same bytes on one architecture.
package sound
