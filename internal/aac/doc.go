// Package aac replaces a stretch of sound inside an AAC-LC track without touching the packets around it.
//
// It reads what that needs of the bitstream (AudioSpecificConfig, ADTS headers, the window of a packet), plans
// which packets a stretch of samples asks for, and has ffmpeg decode and encode. It doesn't know MP4, edit lists or
// clips: positions are sample frames on the decoder's own timeline, priming included, on which decoder call k puts
// out block k, the sample frames [1024k, 1024(k+1)).
//
// The syntax is that of ISO/IEC 14496-3 (MPEG-4 Audio), subparts 1 and 4.
//
// Why a replaced stretch can meet the old packets without a click: packet k's window spans blocks k and k+1, and
// block k is the sum of the second half of packet k-1 and the first half of packet k. The two halves are
// projections onto complementary subspaces as long as both packets use the same slope there (time-domain alias
// cancellation). So a new packet made from the decoded original has, in a block it shares with an old packet,
// exactly the half that is missing, short of its own quantisation.
package aac
