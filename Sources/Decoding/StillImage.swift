import CFFmpeg
import Imaging
private import Records

/// The bytes of a still picture, and what FFmpeg does not tell of them: how the picture lies, and what is damaged.
struct StillImage {
  enum Format { case jpeg, png, webp, tiff, bmp, other }

  let format: Format
  let bytes: [UInt8]

  init(_ packet: UnsafePointer<AVPacket>, codec: AVCodecID) {
    bytes = Array(UnsafeBufferPointer(start: packet.pointee.data, count: max(Int(packet.pointee.size), 0)))
    switch codec {
    case AV_CODEC_ID_MJPEG: format = .jpeg
    case AV_CODEC_ID_PNG: format = .png
    case AV_CODEC_ID_WEBP: format = .webp
    case AV_CODEC_ID_TIFF: format = .tiff
    case AV_CODEC_ID_BMP: format = .bmp
    default: format = .other
    }
  }

  /// - Parameter bytes: a file, or as much of a JPEG as goes before its first scan; `nil` where it begins as neither a JPEG
  ///   nor a PNG does.
  init?(_ bytes: [UInt8]) {
    switch bytes {
    case _ where bytes.starts(with: [0xFF, 0xD8, 0xFF]): format = .jpeg
    case _ where bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]): format = .png
    default: return nil
    }
    self.bytes = bytes
  }

  /// How the stored picture lies, by its TIFF tag or EXIF block.
  var orientation: Orientation { directory?.orientation.flatMap(Orientation.init(exif:)) ?? .upright }

  /// Why FFmpeg would get the pixels wrong; `nil` where it would not.
  var unsupported: String? { format == .tiff ? directory?.unsupported : nil }

  /// The RGB picture as libjpeg-turbo decodes it, the numbers of which Pillow, OpenCV and torchvision give too; `nil` for
  /// other formats.
  ///
  /// Fails where a byte is damaged, or something is not supported: FFmpeg then makes of it what it can.
  func jpeg() -> Result<Image, ImagingError>? {
    format == .jpeg ? Result { () throws(ImagingError) in try ImageCodec.decode(bytes) } : nil
  }

  /// How a JPEG was compressed; `nil` for other formats, and where its header is damaged.
  var jpegHeader: JPEGHeader? { format == .jpeg ? JPEGHeader(bytes[...]) : nil }

  /// What is damaged, of that which FFmpeg may pass over without a word.
  var damage: String? {
    switch format {
    case .png: pngDamage
    case .webp: little(at: 4, bytes: 4).map { $0 + 8 > bytes.count } ?? true ? "the file ends early" : nil
    case .tiff: directory?.isCutShort ?? true ? "a strip ends early" : nil
    case .bmp: isBMPCutShort ? "the file ends early" : nil
    case .jpeg, .other: nil
    }
  }

  /// Pixels by the header; 0 where it cannot be read.
  var claimedPixels: Int {
    let sides: [Int?] =
      switch format {
      case .png: [big(at: 16, bytes: 4), big(at: 20, bytes: 4)]
      case .bmp:
        [little(at: 18, bytes: 4), little(at: 22, bytes: 4).map { Int(Int32(truncatingIfNeeded: $0).magnitude) }]
      case .tiff: [directory?.values(of: 256).first, directory?.values(of: 257).first]
      case .webp: webpSides
      case .jpeg, .other: []
      }
    return sides.isEmpty ? 0 : sides.reduce(1) { $0 * ($1 ?? 0) }
  }

  private var webpSides: [Int?] {
    let kind = bytes.dropFirst(12).prefix(4)
    if kind.elementsEqual("VP8X".utf8) { return [24, 27].map { little(at: $0, bytes: 3).map { $0 + 1 } } }
    guard kind.elementsEqual("VP8L".utf8), let sides = little(at: 21, bytes: 4) else { return [] }
    return [sides & 0x3FFF, sides >> 14 & 0x3FFF].map { $0 + 1 }
  }

  private var directory: TIFFDirectory? {
    switch format {
    case .jpeg: jpegBlock.flatMap(TIFFDirectory.init)
    case .png: pngChunks.first { $0.name == Array("eXIf".utf8) }.flatMap { TIFFDirectory(bytes[$0.body]) }
    case .webp: webpBlock.flatMap(TIFFDirectory.init)
    case .tiff: TIFFDirectory(bytes[...])
    case .bmp, .other: nil
    }
  }

  /// The EXIF block of the first APP1 segment that has one.
  private var jpegBlock: ArraySlice<UInt8>? {
    let start = Array("Exif\0\0".utf8)
    return JPEGSegments(bytes[...]).first { $0.marker == 0xE1 && $0.body.starts(with: start) }?.body.dropFirst(6)
  }

  private var webpBlock: ArraySlice<UInt8>? {
    var position = 12
    while let length = little(at: position + 4, bytes: 4), position + 8 + length <= bytes.count {
      let body = bytes[(position + 8)..<(position + 8 + length)]
      if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
        return body.starts(with: Array("Exif\0\0".utf8)) ? body.dropFirst(6) : body
      }
      position += 8 + length + length % 2
    }
    return nil
  }

  /// Names and bodies of the chunks that are there whole.
  var pngChunks: [(name: [UInt8], body: Range<Int>)] {
    var chunks: [(name: [UInt8], body: Range<Int>)] = []
    var position = 8
    while let length = big(at: position, bytes: 4), position + 12 + length <= bytes.count {
      let name = Array(bytes[position + 4..<position + 8])
      chunks.append((name, position + 8..<position + 8 + length))
      position += 12 + length
      if name == Array("IEND".utf8) { break }
    }
    return chunks
  }

  private var pngDamage: String? {
    let chunks = pngChunks
    // The sum covers the name and the body. Chunks that hold no pixels are not looked at: those that may be left out
    // begin with a small letter.
    for (name, body) in chunks where name[0] & 32 == 0 {
      let sum = bytes[body.lowerBound - 4..<body.upperBound].withUnsafeBytes(CRC32.of)
      if big(at: body.upperBound, bytes: 4) != Int(sum) {
        return "chunk \(String(decoding: name, as: UTF8.self)) does not match its checksum"
      }
    }
    return chunks.last?.name == Array("IEND".utf8) ? nil : "the file ends early"
  }

  private var isBMPCutShort: Bool {
    guard let start = little(at: 10, bytes: 4), let width = little(at: 18, bytes: 4),
      let rows = little(at: 22, bytes: 4),
      let depth = little(at: 28, bytes: 2), let compression = little(at: 30, bytes: 4)
    else { return true }
    let height = Int(Int32(truncatingIfNeeded: rows).magnitude)
    return compression == 0 && start + (width * depth + 31) / 32 * 4 * height > bytes.count
  }

  private func big(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, offset + count <= bytes.count else { return nil }
    return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }

  private func little(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, offset + count <= bytes.count else { return nil }
    return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension Orientation {
  /// EXIF's and TIFF's number of how a picture lies, 1 ... 8; others say nothing.
  init?(exif number: Int) {
    guard (1...8).contains(number) else { return nil }
    self.init(
      swapsAxes: number >= 5, reversesX: [2, 3, 7, 8].contains(number), reversesY: [3, 4, 6, 7].contains(number))
  }
}
