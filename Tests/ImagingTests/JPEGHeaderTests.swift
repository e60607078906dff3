import Foundation
import Imaging
import Records
import TestSupport
import Testing

@Suite struct JPEGHeaderTests {
  private static let picture = SyntheticVideo.card(width: 40, height: 24, frameIndex: 3)

  private static func file(_ quality: Int = 75, chroma: Int = 420) throws -> [UInt8] {
    try ImageCodec.encode(picture, as: .jpeg(quality: quality, chroma: chroma))
  }

  /// Of qualities whose tables are equal (at the ends of the scale) the least is told.
  @Test(arguments: 1...100) func `libjpeg's quality is read from its tables`(quality: Int) throws {
    let header = try #require(JPEGHeader(try Self.file(quality)[...]))
    let told = try #require(JPEGHeader(try Self.file(header.quality)[...]))
    #expect(header.luminance == told.luminance && header.hasStandardTables)
    #expect(header.quality == quality || quality < 5, "\(header.quality)")
    #expect(header.width == 40 && header.height == 24 && !header.isProgressive)
  }

  @Test(arguments: [444, 422, 420]) func `chroma is read from the sampling factors`(chroma: Int) throws {
    let header = try #require(JPEGHeader(try Self.file(chroma: chroma)[...]))
    #expect(header.chroma == "\(chroma)")
    #expect(header.chrominance != nil && header.chrominance != header.luminance)
  }

  @Test func `tables of others are told from libjpeg's, and have the nearest quality`() throws {
    var bytes = try Self.file(80)
    let table = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDB })
    // The first value of the table of the luma: behind marker, length, precision and number.
    bytes[table + 5] += 2
    let header = try #require(JPEGHeader(bytes[...]))
    #expect(!header.hasStandardTables && header.quality == 80)
  }

  @Test func `a progressive frame is told by its marker`() throws {
    var bytes = try Self.file()
    let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes[frame + 1] = 0xC2
    #expect(JPEGHeader(bytes[...])?.isProgressive == true)
  }

  @Test func `what ends early or is no JPEG has no header, and nothing traps`() throws {
    let bytes = try Self.file()
    let scan = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    for count in 0...scan {
      let header = JPEGHeader(bytes[..<count])
      // Tables and frame come before the Huffman tables.
      #expect(header == nil || header?.quality == 75)
    }
    #expect(JPEGHeader(try ImageCodec.encode(Self.picture, as: .png)[...]) == nil)
    var random = KeyedRandom(seed: 5, key: "jpeg", stage: "test")
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<4 { damaged[2 + random.integer(below: scan)] = UInt8(random.integer(below: 256)) }
      _ = JPEGHeader(damaged[...])?.quality
    }
  }

  @Test(.enabled(if: TestFiles.sharedMedia != nil)) func `real pictures have the headers that their list tells`() throws
  {
    let media = try #require(TestFiles.sharedMedia)
    func headers(_ folder: String) throws -> [JPEGHeader] {
      let url = media.appending(path: folder)
      return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "jpg" }.map { try #require(JPEGHeader([UInt8](Data(contentsOf: $0))[...])) }
    }
    let faces = try ["study/dfdc_faces224/real", "study/dfdc_faces224/fake"].flatMap(headers)
    try #require(faces.count > 500)
    #expect(faces.allSatisfy { $0.quality == 75 && $0.chroma == "420" && !$0.isProgressive && $0.hasStandardTables })
    let people = try ["study/people_t2i_2025/real", "study/people_t2i_2025/fake"].flatMap(headers)
    #expect(people.count { $0.isProgressive } * 2 > people.count)
  }
}

@Suite struct FineDetailTests {
  /// Grey, each pixel drawn by itself.
  private static let noise: Image = {
    var random = KeyedRandom(seed: 1, key: "noise", stage: "test")
    var noise = Image(width: 128, height: 128)
    for index in stride(from: 0, to: noise.pixels.count, by: 3) {
      let value = UInt8(random.integer(below: 256))
      (noise.pixels[index], noise.pixels[index + 1], noise.pixels[index + 2]) = (value, value, value)
    }
    return noise
  }()

  @Test func `noise has three quarters of its variance within blocks, a ramp hardly any, one colour none`() {
    #expect(abs(Self.noise.lumaMeasures().fineDetail - 0.75) < 0.02)
    var ramp = Image(width: 128, height: 128)
    for index in stride(from: 0, to: ramp.pixels.count, by: 3) {
      let value = UInt8(index / 3 % 128)
      (ramp.pixels[index], ramp.pixels[index + 1], ramp.pixels[index + 2]) = (value, value, value)
    }
    #expect(ramp.lumaMeasures().fineDetail < 0.001)
    #expect(Image(width: 9, height: 7, red: 40, green: 50, blue: 60).lumaMeasures().fineDetail == 0)
    #expect(Image(width: 1, height: 7).lumaMeasures().fineDetail == 0)
  }

  /// Total variance is that of the blocks' means and that within the blocks.
  @Test(arguments: 0..<10) func `it equals the variance within blocks by definition`(seed: UInt64) {
    var random = KeyedRandom(seed: seed, key: "blocks", stage: "test")
    let (width, height) = (2 + random.integer(below: 20), 2 + random.integer(below: 20))
    var image = Image(width: width, height: height)
    for index in image.pixels.indices { image.pixels[index] = UInt8(random.integer(below: 256)) }
    let plane = image.luma().map(Double.init)
    var (values, within) = ([Double](), 0.0)
    for row in stride(from: 0, to: height - 1, by: 2) {
      for column in stride(from: 0, to: width - 1, by: 2) {
        let block = [0, 1, width, width + 1].map { plane[row * width + column + $0] }
        let mean = block.reduce(0, +) / 4
        within += block.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        values += block
      }
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let all = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(image.lumaMeasures().fineDetail - within / all) < 1e-9)
  }

  @Test func `enlarging takes fine detail away`() throws {
    let large = try Self.noise.resized(width: 384, height: 384, interpolation: .cubic)
    #expect(large.lumaMeasures().fineDetail < Self.noise.lumaMeasures().fineDetail / 4)
  }
}
