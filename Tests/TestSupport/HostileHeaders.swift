package import Foundation

/// Files whose headers lie, or promise far more than a machine has.
package enum HostileHeaders {
  /// A PNG of one chunk of pixels that claims `width` by `height`; its checksums are left at 0.
  package static func png(width: UInt32, height: UInt32) -> Data {
    Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      + chunk("IHDR", big(width) + big(height) + Data([8, 2, 0, 0, 0]))
      + chunk("IDAT", Data([0x78, 0x9C, 0x63, 0x60, 0x60, 0x60, 0, 0])) + chunk("IEND", Data())
  }

  /// A GIF whose screen and only picture are 65 535 pixels wide and high.
  package static let gif =
    Data("GIF89a".utf8) + Data([0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
    + Data([0x2C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 2, 0x44, 0x01, 0, 0x3B])

  /// The header of a BMP of 24 bits; its sides at most 65 535 pixels.
  package static func bmp(width: Int, height: Int) -> Data {
    func little(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8), 0, 0] }
    let header: [UInt8] = [54, 0, 0, 0, 40, 0, 0, 0] + little(width) + little(height) + [1, 0, 24, 0]
    return Data("BM".utf8) + Data([0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0]) + Data(header) + Data(count: 24)
  }

  /// A TIFF of 65 535 x 65 535 pixels in one strip that lies beyond the end.
  package static let tiff: Data = {
    var bytes = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0, 8, 0])
    let entries: [(UInt8, UInt8, UInt32)] = [
      (0, 1, 65_535), (1, 1, 65_535), (2, 1, 8), (3, 1, 1), (6, 1, 1), (0x11, 1, 4_000_000_000), (0x16, 1, 65_535),
      (0x17, 1, 4_000_000_000),
    ]
    for (tag, high, value) in entries { bytes += Data([tag, high, 4, 0, 1, 0, 0, 0]) + Data(big(value).reversed()) }
    return bytes + Data(count: 4)
  }()

  /// A WebP (VP8L) of 16 384 x 16 384 pixels in a few bytes.
  package static let webp =
    Data("RIFF".utf8) + Data([20, 0, 0, 0]) + Data("WEBPVP8L".utf8) + Data([8, 0, 0, 0])
    + Data([0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0])

  /// `bytes` of an MP4 with the number at `offset` bytes after every `atom`'s name replaced.
  package static func patching(_ bytes: Data, atom: String, offset: Int, with value: UInt32) -> Data {
    var bytes = bytes
    var start = bytes.startIndex
    while let place = bytes[start...].range(of: Data(atom.utf8)) {
      let target = place.upperBound + offset
      guard target + 4 <= bytes.endIndex else { break }
      bytes.replaceSubrange(target..<target + 4, with: big(value))
      start = place.upperBound
    }
    return bytes
  }

  private static func chunk(_ name: String, _ body: Data) -> Data {
    big(UInt32(body.count)) + Data(name.utf8) + body + big(0)
  }

  private static func big(_ value: UInt32) -> Data {
    Data([UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)])
  }
}
