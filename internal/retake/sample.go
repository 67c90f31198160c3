package retake

// Where every new server has its sample clip: the public file that the hub's own samples read.
const (
	SampleNamespace = "ox"
	SampleRepo      = "Oxen-AI-Assets"
	SampleBranch    = "main"
	SamplePath      = "images/winter_summer_ox.mp4"

	// SampleAddress is its path on the server.
	SampleAddress = "/api/repos/" + SampleNamespace + "/" + SampleRepo + "/file/" + SampleBranch + "/" + SamplePath
)
