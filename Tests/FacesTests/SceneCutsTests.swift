import Faces
import Records
import Testing

@Suite("Scene cuts")
struct SceneCutsTests {
  private static let count = SceneCuts.width * SceneCuts.height

  /// Patches of 8 x 6 pixels with a level each.
  private func scene(_ seed: UInt64, gain: Double = 1, offset: Double = 0, shift: Int = 0) -> [UInt8] {
    var random = KeyedRandom(seed: seed, key: "scene", stage: "cuts")
    let levels = (0..<40).map { _ in 60 + 120 * random.uniform() }
    return (0..<Self.count).map { index in
      let (column, row) = (index % SceneCuts.width + shift, index / SceneCuts.width)
      return UInt8(min(255, max(0, levels[row / 6 * 10 + column / 8] * gain + offset)))
    }
  }

  @Test("a shot goes on through movement, exposure and fades; another scene is a cut, once")
  func cuts() {
    var cuts = SceneCuts()
    let frames = [
      scene(1), scene(1, shift: 1), scene(1, gain: 0.5, offset: 90), scene(1, gain: 0.2), scene(2), scene(2, shift: 1),
    ]
    #expect(frames.map { cuts.isCut(before: $0) } == [false, false, false, false, true, false])
    var off = SceneCuts(threshold: 0)
    #expect(!frames.map { off.isCut(before: $0) }.contains(true))
  }

  @Test("the difference is 0 for alike, 2 for inverted, 1 against a flat picture")
  func difference() {
    let picture = scene(3)
    let flat = [UInt8](repeating: 7, count: Self.count)
    #expect(abs(SceneCuts.difference(picture, picture)) < 1e-9)
    #expect(abs(SceneCuts.difference(picture, picture.map { 255 - $0 }) - 2) < 1e-9)
    #expect(SceneCuts.difference(picture, flat) == 1)
    #expect(SceneCuts.difference(flat, [UInt8](repeating: 200, count: Self.count)) == 0)
  }
}
