import CFFmpeg
internal import Imaging
private import Records

extension VideoProperties {
  /// Reads what the container says about its chosen stream.
  init(_ demuxer: Demuxer, _ orientation: Orientation, jpeg: JPEGHeader?) {
    let stream = demuxer.stream.pointee
    let parameters = stream.codecpar.pointee
    let size = (Int(parameters.width), Int(parameters.height))
    let rate = stream.avg_frame_rate
    let timeBase = stream.time_base
    let streamSeconds = Double(stream.duration) * Double(timeBase.num) / Double(timeBase.den)
    container = demuxer.container
    codec = String(cString: avcodec_get_name(parameters.codec_id))
    profile = avcodec_profile_name(parameters.codec_id, parameters.profile).map { String(cString: $0) }
    pixelFormat = Self.name(av_get_pix_fmt_name(AVPixelFormat(rawValue: parameters.format)))
    (width, height) = orientation.swapsAxes ? (size.1, size.0) : size
    rotationDegrees = orientation.rotationDegrees
    isMirrored = orientation.isMirrored
    isStillImage = demuxer.isStillImage
    frameRate = rate.num > 0 && rate.den > 0 && !isStillImage ? Double(rate.num) / Double(rate.den) : nil
    durationSeconds = isStillImage ? nil : stream.duration > 0 ? streamSeconds : demuxer.durationSeconds
    self.timeBase = TimeBase(numerator: Int(timeBase.num), denominator: Int(timeBase.den))
    colourMatrix = Self.name(av_color_space_name(parameters.color_space))
    colourRange = Self.name(av_color_range_name(parameters.color_range))
    encoder = demuxer.encoder
    self.jpeg = jpeg
    bitRate = isStillImage ? nil : parameters.bit_rate > 0 ? Int(parameters.bit_rate) : demuxer.bitRate
  }

  private static func name(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "unknown" }
}
