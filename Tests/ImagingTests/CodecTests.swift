import Foundation
import Imaging
import Records
import TestSupport
import Testing

@Suite("JPEG and PNG")
struct CodecTests {
  @Test("PNG gives back every byte", arguments: [(1, 1), (37, 23), (256, 64)])
  func pngRoundTrip(width: Int, height: Int) throws {
    let image = Pictures.noise(width: width, height: height)
    let bytes = try ImageCodec.encode(image, as: .png)
    #expect(try ImageCodec.decode(bytes) == image)
    #expect(try ImageCodec.encode(image, as: .png) == bytes)
  }

  @Test("JPEG gives back the picture, the closer the higher the quality, and the same bytes each time")
  func jpegRoundTrip() throws {
    let image = Pictures.gradient(width: 70, height: 50)
    let fine = try ImageCodec.encode(image, as: .jpeg(quality: 98, chroma: 444))
    let coarse = try ImageCodec.encode(image, as: .jpeg(quality: 30, chroma: 444))
    #expect(try ImageCodec.decode(fine).largestDifference(from: image) <= 4)
    #expect(try ImageCodec.decode(coarse).largestDifference(from: image) > 4)
    #expect(coarse.count < fine.count)
    #expect(try ImageCodec.encode(image, as: .jpeg(quality: 98, chroma: 444)) == fine)
  }

  @Test(
    "The frame header is baseline and holds the sampling factors asked for",
    arguments: [(444, UInt8(0x11)), (422, 0x21), (420, 0x22)])
  func chroma(chroma: Int, factors: UInt8) throws {
    let bytes = try ImageCodec.encode(Pictures.gradient(width: 20, height: 20), as: .jpeg(quality: 90, chroma: chroma))
    let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && $0 + 1 < bytes.count && bytes[$0 + 1] == 0xC0 })
    // Marker, length, precision, height, width, count, then (id, factors, table) per component.
    #expect([bytes[frame + 11], bytes[frame + 14], bytes[frame + 17]] == [factors, 0x11, 0x11])
  }

  @Test("The colours of an odd-sized picture survive every chroma", arguments: [444, 422, 420])
  func oddSizes(chroma: Int) throws {
    let image = Image(width: 17, height: 13, red: 200, green: 60, blue: 90)
    let decoded = try ImageCodec.decode(ImageCodec.encode(image, as: .jpeg(quality: 95, chroma: chroma)))
    #expect((decoded.width, decoded.height) == (17, 13))
    #expect(decoded.largestDifference(from: image) <= 3)
  }

  @Test("Grey and colour files of another encoder become RGB", arguments: ["gray", "yuvj420p"])
  func otherEncoders(pixelFormat: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "picture.jpg").path(percentEncoded: false)
      let run = try runProcess(
        "ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", "color=0x808080:s=40x30", "-frames:v", "1", "-pix_fmt", pixelFormat, file])
      #expect(run.status == 0, "\(run.errors)")
      let image = try ImageCodec.decode([UInt8](Data(contentsOf: URL(filePath: file))))
      #expect((image.width, image.height) == (40, 30))
      #expect(image.largestDifference(from: Image(width: 40, height: 30, red: 128, green: 128, blue: 128)) <= 3)
    }
  }

  @Test("A file that ends early is damaged, wherever it ends", arguments: [0.02, 0.4, 0.99])
  func truncated(share: Double) throws {
    let image = Pictures.noise(width: 64, height: 64)
    for encoding in [ImageEncoding.png, .jpeg(quality: 90, chroma: 420)] {
      let bytes = try ImageCodec.encode(image, as: encoding)
      let error = #expect(throws: ImagingError.self) {
        _ = try ImageCodec.decode(Array(bytes.prefix(Int(Double(bytes.count) * share))))
      }
      #expect(error?.code == "image-damaged", "\(encoding) cut to \(share)")
    }
  }

  @Test("A JPEG whose data stop before its end marker is damaged, not filled with guesses")
  func corrupt() throws {
    var bytes = try ImageCodec.encode(Pictures.noise(width: 64, height: 64), as: .jpeg(quality: 90, chroma: 444))
    bytes.replaceSubrange(bytes.count / 2..<bytes.count / 2 + 2, with: [0xFF, 0xD9])
    let error = #expect(throws: ImagingError.self) { _ = try ImageCodec.decode(bytes) }
    #expect(error?.kind == .damaged)
  }

  @Test("Text is neither, and says so")
  func otherFormats() {
    let error = #expect(throws: ImagingError.self) { _ = try ImageCodec.decode(Array("GIF89a".utf8)) }
    #expect(error?.kind == .unsupported)
    let empty = #expect(throws: ImagingError.self) { _ = try ImageCodec.decode([]) }
    #expect(empty?.kind == .unsupported)
  }

  @Test("A header that claims too many pixels is refused before memory is taken")
  func tooLarge() throws {
    var bytes = try ImageCodec.encode(Image(width: 8, height: 8), as: .jpeg(quality: 90, chroma: 444))
    let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && $0 + 1 < bytes.count && bytes[$0 + 1] == 0xC0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    let error = #expect(throws: ImagingError.self) { _ = try ImageCodec.decode(bytes) }
    #expect(error?.kind == .tooLarge)
  }

  @Test("Options out of range are refused", arguments: [(0, 444), (101, 444), (90, 411)])
  func options(quality: Int, chroma: Int) {
    let error = #expect(throws: ImagingError.self) {
      try ImageCodec.encode(Image(width: 8, height: 8), as: .jpeg(quality: quality, chroma: chroma))
    }
    #expect(error?.kind == .badArgument)
  }

  /// 8 x 8 pixels of cyan 20, magenta 100, yellow 180, black 40 (of 255), inks inverted as Adobe's programs store them;
  /// made by Pillow 13: `Image.new("CMYK", (8, 8), (20, 100, 180, 40)).save(file, quality=95, optimize=True)`.
  static let cmykFile = """
    /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCg
    wJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAkHCP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZ
    AEsAAD8AaxbGKyuP/9k=
    """

  @Test("A CMYK file decodes to the colours of its inks")
  func cmyk() throws {
    let bytes = try #require(Data(base64Encoded: Self.cmykFile, options: .ignoreUnknownCharacters))
    let image = try ImageCodec.decode([UInt8](bytes))
    // (255 - ink) * (255 - black) / 255, rounded.
    let expected = Image(width: 8, height: 8, red: 198, green: 131, blue: 63)
    #expect(image.largestDifference(from: expected) <= 1)
  }

  @Test("Every library tells its version")
  func versions() throws {
    let versions = try ImagingLibraries.versions()
    #expect(versions.keys.sorted() == ["libjpeg", "libpng", "opencv"])
    #expect(versions.values.allSatisfy { $0.first?.isNumber == true && $0.contains(".") })
  }
}
