private import Foundation
import Imaging
import Records

/// What FFmpeg says of a JPEG or PNG file, read from its header alone: opening a demuxer and a decoder, which FFmpeg takes
/// to say it, costs more than all else that is done with a small picture.
///
/// Only what is plain is taken. Whatever FFmpeg may see otherwise (rare sampling, Adobe's colours, colour profiles,
/// animation, damage before the pixels) is left to it.
struct PictureHeader {
  private var codec: String
  private var profile: String?
  private var pixelFormat: String
  private var width: Int
  private var height: Int
  private var matrix: String
  private var range: String

  /// What is read at first, which most headers are shorter than.
  private static let firstBytes = 64 << 10

  /// Reads the header of the picture in a file.
  ///
  /// - Returns: the very record of ``VideoFile/properties``; `nil` where FFmpeg has to look.
  static func properties(path: String, part: Range<Int>?, limits: DecodingLimits) -> VideoProperties? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let start = part?.lowerBound ?? 0
    guard let bytes = read(descriptor, at: start, count: min(part?.count ?? .max, firstBytes)),
      let still = StillImage(bytes)
    else { return nil }
    if let known = PictureHeader(still)?.properties(of: still, limits: limits) { return known }
    // A long header, or a PNG, whose orientation may stand behind its pixels.
    var status = stat()
    guard bytes.count == firstBytes, fstat(descriptor, &status) == 0,
      let whole = read(descriptor, at: start, count: part?.count ?? Int(status.st_size)), let still = StillImage(whole)
    else { return nil }
    return PictureHeader(still)?.properties(of: still, limits: limits)
  }

  private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
    guard count > 0 else { return nil }
    var isSound = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let done = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if done <= 0 {
          isSound = done == 0
          return
        }
        filled += done
      }
    }
    return isSound ? bytes : nil
  }

  private init?(_ still: StillImage) {
    switch still.format {
    case .jpeg: self.init(jpeg: still.bytes)
    case .png: self.init(png: still)
    case .webp, .tiff, .bmp, .other: return nil
    }
  }

  private func properties(of still: StillImage, limits: DecodingLimits) -> VideoProperties? {
    guard width > 0, height > 0, width <= limits.maximumPixelsPerFrame / height else { return nil }
    let orientation = still.orientation
    let isTurned = orientation.swapsAxes
    return VideoProperties(
      container: still.format == .jpeg ? "jpeg_pipe" : "png_pipe", codec: codec, profile: profile,
      pixelFormat: pixelFormat, width: isTurned ? height : width, height: isTurned ? width : height,
      rotationDegrees: orientation.rotationDegrees, isMirrored: orientation.isMirrored, frameRate: nil,
      durationSeconds: nil, timeBase: TimeBase(numerator: 1, denominator: 25), colourMatrix: matrix,
      colourRange: range, isStillImage: true, bitRate: nil, encoder: nil, jpeg: still.jpegHeader)
  }
}

extension PictureHeader {
  /// - Returns: `nil` but for a whole header, before its Huffman tables at least, of 8 bits, grey or in one of the usual
  ///   samplings of YCbCr.
  private init?(jpeg bytes: [UInt8]) {
    var segments = JPEGSegments(bytes[...])
    var frame: (marker: UInt8, body: [UInt8])?
    var isJFIF = false
    while let segment = segments.next() {
      // FFmpeg looks for markers in tables, too, before it takes a file for a JPEG.
      if [0xC4, 0xDB, 0xDD].contains(segment.marker), segment.body.contains(0xFF) { return nil }
      switch segment.marker {
      case 0xE0...0xEF, 0xFE:
        guard !Self.hasMeaning(segment) else { return nil }
        isJFIF = isJFIF || segment.marker == 0xE0
      case 0xDB:
        guard Self.areTables(segment.body) else { return nil }
      case 0xC0...0xC2:
        guard frame == nil else { return nil }
        frame = (segment.marker, Array(segment.body))
      case 0xC4:
        // FFmpeg stops at a damaged table, and then knows nothing of a frame that comes after it.
        guard Self.areCodes(segment.body) else { return nil }
      case 0xDD: break
      default: return nil
      }
    }
    guard segments.isAtScan, let (marker, body) = frame, body.count >= 9, body[0] == 8,
      body.count == 6 + 3 * Int(body[5]), let format = Self.pixelFormats[Self.sampling(body)],
      stride(from: 8, to: body.count, by: 3).allSatisfy({ body[$0] < 4 })
    else { return nil }
    width = Int(body[3]) << 8 | Int(body[4])
    height = Int(body[1]) << 8 | Int(body[2])
    // FFmpeg refuses a frame of more than four blocks for each byte.
    guard (width + 7) / 8 * ((height + 7) / 8) <= bytes.count * 4,
      // It looks for the end of what is no JFIF file, and at twice as much as goes before the scan of one that is.
      bytes.count != Self.firstBytes || (isJFIF && segments.place * 2 < bytes.count),
      Self.isPlain(bytes, from: segments.place + 2)
    else { return nil }
    codec = "mjpeg"
    profile = ["Baseline", "Sequential", "Progressive"][Int(marker - 0xC0)]
    pixelFormat = format
    matrix = "bt470bg"
    range = format == "gray" ? "unknown" : "pc"
  }

  /// FFmpeg's name of the pixels, by the sampling factors of the components.
  private static let pixelFormats: [[UInt8]: String] = [
    [0x11]: "gray", [0x22]: "gray", [0x11, 0x11, 0x11]: "yuvj444p", [0x21, 0x11, 0x11]: "yuvj422p",
    [0x22, 0x11, 0x11]: "yuvj420p", [0x12, 0x11, 0x11]: "yuvj440p",
  ]

  private static func sampling(_ frame: [UInt8]) -> [UInt8] {
    stride(from: 7, to: frame.count, by: 3).map { frame[$0] }
  }

  /// Whether FFmpeg takes the colours or the rows otherwise for what this segment says.
  private static func hasMeaning(_ segment: JPEGSegments.Segment) -> Bool {
    switch segment.marker {
    case 0xE0: !segment.body.starts(with: "JFIF\0".utf8)
    // Adobe's, of which YCbCr is as plain as none.
    case 0xEE: !(segment.body.starts(with: "Adobe".utf8) && segment.body.dropFirst(11).first == 1)
    case 0xFE: segment.body.starts(with: "CS=ITU601".utf8)
    default: segment.body.starts(with: "LJIF".utf8)
    }
  }

  private static func areTables(_ body: ArraySlice<UInt8>) -> Bool {
    var position = body.startIndex
    while position < body.endIndex {
      guard body[position] >> 4 < 2, body[position] & 15 < 4 else { return false }
      position += 1 + (body[position] >> 4 == 0 ? 64 : 128)
    }
    return position == body.endIndex && !body.isEmpty
  }

  private static func areCodes(_ body: ArraySlice<UInt8>) -> Bool {
    var position = body.startIndex
    while position < body.endIndex {
      guard position + 17 <= body.endIndex, body[position] >> 4 < 2, body[position] & 15 < 4 else { return false }
      let counts = body[position + 1..<position + 17].map { Int($0) }
      // So many codes of each length leave the longest of all to spare.
      guard zip(counts, 1...).reduce(0, { $0 + $1.0 << (16 - $1.1) }) < 1 << 16 else { return false }
      position += 17 + counts.reduce(0, +)
    }
    return position == body.endIndex && !body.isEmpty
  }

  /// Whether nothing follows but scans and their tables: no second picture, no marker for which FFmpeg would take the
  /// file for something else.
  private static func isPlain(_ bytes: [UInt8], from start: Int) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var position = start
      while position < bytes.count - 1, let base = bytes.baseAddress,
        let found = memchr(base + position, 0xFF, bytes.count - 1 - position)
      {
        position = UnsafeRawPointer(found) - base + 1
        switch bytes[position] {
        case 0, 0xC4, 0xD0...0xD7, 0xD9, 0xDA, 0xDD, 0xFF: break
        default: return false
        }
      }
      return true
    }
  }

  /// - Returns: `nil` but for a whole file without profile, animation or transparent colour.
  private init?(png still: StillImage) {
    let chunks = still.pngChunks
    let names = chunks.map { String(decoding: $0.name, as: UTF8.self) }
    guard names.first == "IHDR", names.last == "IEND", chunks[0].body.count == 13,
      let pixels = names.firstIndex(of: "IDAT"),
      Set(names).isDisjoint(with: ["iCCP", "acTL", "fcTL", "fdAT"])
    else { return nil }
    let header = Array(still.bytes[chunks[0].body])
    let (depth, kind) = (header[8], header[9])
    guard let format = Self.pngFormats[kind]?[depth], header[10] == 0, header[11] == 0, header[12] < 2 else {
      return nil
    }
    let palette = names.firstIndex(of: "PLTE")
    let isPalette = kind == 3
    guard palette.map({ $0 < pixels && chunks[$0].body.count % 3 == 0 && chunks[$0].body.count <= 768 }) ?? !isPalette,
      isPalette || !names.contains("tRNS"), names.count(where: { $0 == "IHDR" }) == 1
    else { return nil }
    width = Self.number(header[0..<4])
    height = Self.number(header[4..<8])
    codec = "png"
    pixelFormat = format
    matrix = "unknown"
    range = "pc"
  }

  /// FFmpeg's name of the pixels, by colour type and depth.
  private static let pngFormats: [UInt8: [UInt8: String]] = [
    0: [1: "monob", 2: "gray", 4: "gray", 8: "gray", 16: "gray16be"], 2: [8: "rgb24", 16: "rgb48be"],
    3: [1: "pal8", 2: "pal8", 4: "pal8", 8: "pal8"], 4: [8: "ya8", 16: "ya16be"], 6: [8: "rgba", 16: "rgba64be"],
  ]

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

extension VideoProperties {
  /// Reads the headers of a file: those of a plain picture directly, all others as ``VideoFile`` does.
  ///
  /// - Parameter part: the bytes of the file that are the video or picture; all of them unless given.
  /// - Throws: ``DecodingError`` as ``VideoFile`` does.
  package init(path: String, part: Range<Int>? = nil, limits: DecodingLimits = .init()) throws(DecodingError) {
    if let known = PictureHeader.properties(path: path, part: part, limits: limits) {
      self = known
    } else {
      self = try VideoFile(path: path, part: part, limits: limits).properties
    }
  }
}
