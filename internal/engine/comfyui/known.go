package comfyui

import "strings"

// packs are where nodes come from, by the beginning of their names.
var packs = []struct{ prefix, from string }{
	{"LTXVAudioVideoMask", "node pack ComfyUI-KJNodes, github.com/kijai/ComfyUI-KJNodes"},
	{"VHS_", "node pack ComfyUI-VideoHelperSuite, github.com/Kosinkadink/ComfyUI-VideoHelperSuite"},
	{"LTX", "ComfyUI itself, in a newer version"},
	{"LoadVideo", "ComfyUI itself, in a newer version"},
	{"GetVideoComponents", "ComfyUI itself, in a newer version"},
	{"CreateVideo", "ComfyUI itself, in a newer version"},
	{"SaveVideo", "ComfyUI itself, in a newer version"},
	{"ManualSigmas", "ComfyUI itself, in a newer version"},
	{"EmptyAudio", "ComfyUI itself, in a newer version"},
}

// models are where files of our template come from, and where they go.
var models = map[string]string{
	"ltx-2.3-22b-distilled-1.1.safetensors": "huggingface.co/Lightricks/LTX-2.3, into models/checkpoints, 46 GB",
	"gemma_3_12B_it_fp4_mixed.safetensors":  "huggingface.co/Comfy-Org/ltx-2, split_files/text_encoders, into models/text_encoders",
}

// source says where a node or a file can be had, "" when that is not known.
func source(name string) string {
	if from := models[name]; from != "" {
		return from
	}
	for _, p := range packs {
		if strings.HasPrefix(name, p.prefix) {
			return p.from
		}
	}
	return ""
}
