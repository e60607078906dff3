import CFFmpeg

/// Which codecs' packets are understood.
enum PacketInspectors {
  /// The inspector for a stream; `nil` where every packet has to be decoded.
  static func make(for stream: UnsafePointer<AVStream>) -> (any PacketInspector)? {
    guard let parameters = stream.pointee.codecpar else { return nil }
    let header = UnsafeBufferPointer(start: parameters.pointee.extradata, count: Int(parameters.pointee.extradata_size))
    let identifier = parameters.pointee.codec_id
    switch identifier {
    case AV_CODEC_ID_H264: return NetworkUnitInspector(.h264, header: header)
    case AV_CODEC_ID_HEVC: return NetworkUnitInspector(.hevc, header: header)
    case AV_CODEC_ID_MPEG4: return MPEG4Inspector()
    case AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO: return MPEG2Inspector()
    case AV_CODEC_ID_VP8: return VP8Inspector()
    case AV_CODEC_ID_VP9: return VP9Inspector()
    case AV_CODEC_ID_AV1: return AV1Inspector()
    case AV_CODEC_ID_MJPEG, AV_CODEC_ID_PRORES, AV_CODEC_ID_DNXHD, AV_CODEC_ID_DVVIDEO, AV_CODEC_ID_HUFFYUV,
      AV_CODEC_ID_FFVHUFF, AV_CODEC_ID_RAWVIDEO, AV_CODEC_ID_PNG:
      return IntraInspector()
    default: return nil
    }
  }

  /// Whether a picture that no other refers to may be left undecoded without changing any other.
  ///
  /// True of H.264, whose `nal_ref_idc` 0 forbids all reference, and of the B pictures of MPEG-1, 2 and 4. Not of HEVC,
  /// whose "sub-layer non-reference" pictures higher sub-layers may refer to. Source: ITU-T H.264, 7.4.1; ISO/IEC
  /// 13818-2, 6.1.1.5; ISO/IEC 14496-2, 6.1.3.8; ITU-T H.265, 7.4.2.2.
  static func canLeaveOutUnreferenced(_ stream: UnsafePointer<AVStream>) -> Bool {
    let identifier = stream.pointee.codecpar.pointee.codec_id
    return [AV_CODEC_ID_H264, AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO].contains(identifier)
  }
}
