import Foundation
import Records
import Splitting
import Testing

@Suite struct PerceptualHashTests {
  @Test(arguments: 0..<20) func `noise and gain change few bits, another picture many`(seed: UInt64) throws {
    let picture = WavePicture(seed)
    let hash = PerceptualHash(try picture.thumbnail())
    #expect(hash.distance(to: PerceptualHash(try picture.thumbnail(noise: 3))) <= 6)
    #expect(hash.distance(to: PerceptualHash(try picture.thumbnail(gain: 0.7))) <= 2)
    #expect(hash.distance(to: PerceptualHash(try WavePicture(seed + 100).thumbnail())) >= 12)
    #expect(hash.bits.nonzeroBitCount == 32)
  }

  @Test(arguments: 0..<5) func `the mirrored hash is the mirror picture's hash`(seed: UInt64) throws {
    let thumbnail = try WavePicture(seed).thumbnail()
    #expect(PerceptualHash(mirrorOf: thumbnail) == PerceptualHash(thumbnail.mirrored))
    #expect(PerceptualHash(mirrorOf: thumbnail) != PerceptualHash(thumbnail))
    #expect(thumbnail.mirrored.mirrored == thumbnail)
  }

  /// The definition, term by term.
  @Test(arguments: 0..<5) func `bits are those of the cosine transform written out`(seed: UInt64) throws {
    let thumbnail = try WavePicture(seed).thumbnail()
    let side = Thumbnail.sidePixels
    var coefficients: [Double] = []
    for vertical in 1...8 {
      for horizontal in 1...8 {
        var sum = 0.0
        for row in 0..<side {
          for column in 0..<side {
            sum +=
              Double(thumbnail.luma[row * side + column])
              * cos(.pi * Double(vertical) * (Double(row) + 0.5) / Double(side))
              * cos(.pi * Double(horizontal) * (Double(column) + 0.5) / Double(side))
          }
        }
        coefficients.append(sum)
      }
    }
    let sorted = coefficients.sorted()
    let expected = coefficients.reduce(UInt64(0)) { $0 << 1 | ($1 > (sorted[31] + sorted[32]) / 2 ? 1 : 0) }
    #expect(PerceptualHash(thumbnail).bits == expected)
  }

  @Test func `a flat picture has no bit set, and sizes are checked`() throws {
    #expect(PerceptualHash(try Thumbnail(luma: [UInt8](repeating: 200, count: 4096))).bits == 0)
    #expect { try Thumbnail(luma: [1, 2]) } throws: { ($0 as? SplittingError)?.code == .wrongSize }
  }
}
