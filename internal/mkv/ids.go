package mkv

// Element ids (RFC 8794, 11; RFC 9559, 5).
const (
	idEBML    = 0x1A45DFA3
	idDocType = 0x4282
	idVoid    = 0xEC
	idCRC32   = 0xBF
	idSegment = 0x18538067

	idSeekHead     = 0x114D9B74
	idSeek         = 0x4DBB
	idSeekID       = 0x53AB
	idSeekPosition = 0x53AC

	idInfo           = 0x1549A966
	idTimestampScale = 0x2AD7B1

	idTracks          = 0x1654AE6B
	idTrackEntry      = 0xAE
	idTrackNumber     = 0xD7
	idTrackUID        = 0x73C5
	idTrackType       = 0x83
	idFlagEnabled     = 0xB9
	idFlagLacing      = 0x9C
	idDefaultDuration = 0x23E383
	idLanguage        = 0x22B59C
	idCodecID         = 0x86
	idCodecPrivate    = 0x63A2
	idCodecDelay      = 0x56AA
	idSeekPreRoll     = 0x56BB
	idVideo           = 0xE0
	idPixelWidth      = 0xB0
	idPixelHeight     = 0xBA
	idColour          = 0x55B0
	idMatrix          = 0x55B1
	idTransfer        = 0x55BA
	idPrimaries       = 0x55BB
	idAudio           = 0xE1
	idSampling        = 0xB5
	idChannels        = 0x9F
	idBitDepth        = 0x6264

	idContentEncodings    = 0x6D80
	idContentEncoding     = 0x6240
	idContentScope        = 0x5032
	idContentType         = 0x5033
	idContentCompression  = 0x5034
	idContentCompAlgo     = 0x4254
	idContentCompSettings = 0x4255

	idCluster        = 0x1F43B675
	idTimestamp      = 0xE7
	idPosition       = 0xA7
	idPrevSize       = 0xAB
	idSimpleBlock    = 0xA3
	idBlockGroup     = 0xA0
	idBlock          = 0xA1
	idBlockDuration  = 0x9B
	idReferenceBlock = 0xFB

	idCues             = 0x1C53BB6B
	idCuePoint         = 0xBB
	idCueTime          = 0xB3
	idCueTrackPosition = 0xB7
	idCueTrack         = 0xF7
	idCueCluster       = 0xF1
	idCueRelative      = 0xF0
	idCueDuration      = 0xB2

	idChapters    = 0x1043A770
	idAttachments = 0x1941A469
	idAttached    = 0x61A7

	idTags      = 0x1254C367
	idTag       = 0x7373
	idTargets   = 0x63C0
	idTagTrack  = 0x63C5
	idSimpleTag = 0x67C8
	idTagName   = 0x45A3
	idTagString = 0x4487
)

// firstLevel are the ids that end a cluster of unknown size.
var firstLevel = map[uint32]bool{
	idSeekHead: true, idInfo: true, idTracks: true, idCluster: true, idCues: true, idChapters: true, idAttachments: true,
	idTags: true, idSegment: true, idEBML: true,
}
