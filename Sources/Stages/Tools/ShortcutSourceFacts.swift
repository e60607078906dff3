internal import Decoding
internal import Engine
private import Imaging
private import Records

/// What a source's file says of itself without a frame being decoded: the variables of the shortcut audit on sources.
enum SourceFacts {
  /// By the names of ``ShortcutMeasure/sources``; a fact that the file does not state is absent.
  ///
  /// - Parameter bytes: length of the file, or of the member of a tar.
  static func facts(of properties: VideoProperties, bytes: Int) -> [String: JSONValue] {
    let pixels = Double(properties.width * properties.height)
    var facts: [String: JSONValue] = [
      "file type": .string(fileType(properties)),
      "codec": .string(properties.codec),
      "pixel format": .string(properties.pixelFormat),
      "chroma": .string(properties.jpeg?.chroma ?? chroma(properties.pixelFormat)),
      "colour": .string("\(properties.colourMatrix), \(properties.colourRange)"),
      "width": .int(properties.width), "height": .int(properties.height), "bytes": .int(bytes),
      "turned": .string(properties.rotationDegrees == 0 && !properties.isMirrored ? "no" : "yes"),
      "profile": .string(properties.profile ?? "none"),
      "encoder": .string(properties.encoder ?? "none"),
      "JPEG tables": .string("no JPEG"), "JPEG order": .string("no JPEG"),
    ]
    if let rate = properties.frameRate { facts["frames per second"] = .double(rate) }
    if let seconds = properties.durationSeconds { facts["seconds"] = .double(seconds) }
    if properties.isStillImage {
      facts["bits per pixel"] = .double(Double(bytes) * 8 / pixels)
    } else if let bitRate = properties.bitRate {
      facts["bits per second"] = .int(bitRate)
      if let rate = properties.frameRate, rate > 0 {
        facts["bits per pixel"] = .double(Double(bitRate) / rate / pixels)
      }
    }
    if let jpeg = properties.jpeg {
      facts["JPEG quality"] = .int(jpeg.quality)
      facts["JPEG tables"] = .string(tables(jpeg))
      facts["JPEG order"] = .string(jpeg.isProgressive ? "progressive" : "baseline")
    }
    return facts
  }

  /// Facts in the order of ``ShortcutMeasure/sources``: for very many sources a dictionary each is large.
  static func row(_ facts: [String: JSONValue]) -> [JSONValue?] { ShortcutMeasure.sources.map { facts[$0.name] } }

  /// `png`, `jpeg`; of videos the first of the names that FFmpeg has for the container.
  private static func fileType(_ properties: VideoProperties) -> String {
    if properties.isStillImage { return properties.jpeg != nil ? "jpeg" : properties.codec }
    return properties.container.split(separator: ",").first.map(String.init) ?? properties.container
  }

  private static func chroma(_ pixelFormat: String) -> String {
    if let known = ["444", "440", "422", "420", "411", "410"].first(where: pixelFormat.contains) { return known }
    return pixelFormat.hasPrefix("gray") ? "grey" : pixelFormat == "unknown" ? "unknown" : "rgb"
  }

  /// `libjpeg`, or what tells one maker's tables from another's.
  private static func tables(_ jpeg: JPEGHeader) -> String {
    if jpeg.hasStandardTables { return "libjpeg" }
    var builder = FingerprintBuilder("jpeg-tables")
    for value in jpeg.luminance + (jpeg.chrominance ?? []) { builder.add("step", String(value)) }
    return "other \(builder.finish().hex.prefix(6))"
  }
}
