import Records
import Testing

@Suite("Sample keys")
struct SampleKeyTests {
  /// Text of up to 12 characters that escaping has to work on: dots, capitals, escapes' own letters, unicode, spaces.
  private static func text(_ random: inout KeyedRandom) -> String {
    let alphabet = Array("abzABZ0189-_/.+= %~\t\u{7F}éÉßñ漢字😀\u{301}")
    return String((0..<random.integer(below: 13)).map { _ in alphabet[random.integer(below: alphabet.count)] })
  }

  @Test("Escaping is undone by unescaping, is one to one, and leaves lower-case ASCII without dots")
  func escapingRoundTrips() {
    var random = KeyedRandom(seed: 1, key: "escape", stage: "test")
    var originals: [String: [UInt8]] = [:]
    for _ in 0..<5000 {
      let text = Self.text(&random)
      let escaped = SampleKey.escape(text)
      #expect(SampleKey.unescape(escaped).map { Array($0.utf8) } == Array(text.utf8), "\(text)")
      #expect(escaped.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ".") }, "\(escaped)")
      #expect(escaped == escaped.lowercased())
      let known = originals.updateValue(Array(text.utf8), forKey: escaped)
      #expect(known == nil || known == Array(text.utf8), "two texts became \(escaped)")
    }
  }

  @Test(
    "Escapes are written as documented",
    arguments: [
      ("part_0/ab-c.mp4", "part_0/ab-c=2emp4"), ("Celeb-DF", "+celeb-+d+f"), ("a=b+c", "a=3db=2bc"), ("é", "=c3=a9"),
      ("", ""),
    ])
  func escapes(text: String, escaped: String) { #expect(SampleKey.escape(text) == escaped) }

  @Test("Two spellings of one accented letter, which Swift calls equal, keep keys of their own")
  func normalisationIsNotApplied() {
    #expect("\u{E9}" == "e\u{301}")
    #expect(SampleKey.escape("\u{E9}") != SampleKey.escape("e\u{301}"))
  }

  @Test(
    "Text that escaping never gives is refused",
    arguments: ["A", "a.b", "+", "+A", "+1", "=", "=4", "=zz", "=+f", "=2E", "=61", "=ff", "a b", "é"])
  func refuses(text: String) { #expect(SampleKey.unescape(text) == nil) }

  @Test("A key is dataset, path, padded time, track and variant")
  func keyIsAsDocumented() {
    #expect(
      SampleKey.make(dataset: "dfdc", path: "part_0/A.mp4", pts: 12800, track: 3, variant: "crop")
        == "dfdc/part_0/+a=2emp4/000000012800/3/crop")
    #expect(
      SampleKey.make(dataset: "d", path: "a", pts: -7, track: 0, variant: "self-blend")
        == "d/a/-000000000007/0/self-blend")
    #expect(
      SampleKey.make(dataset: "d", path: "a", pts: .min, track: 0, variant: "crop") == "d/a/-9223372036854775808/0/crop"
    )
  }

  @Test("A key can be read in words; other text has none")
  func keyInWords() {
    let key = SampleKey.make(dataset: "Celeb-DF", path: "Celeb-real/id0.mp4", pts: 12800, track: 1, variant: "crop")
    #expect(SampleKey.inWords(key) == "Celeb-DF/Celeb-real/id0.mp4, tick 12800, face 1, crop")
    for text in ["", "dfdc/part_0/a.mp4", "a/b/c/d/e", "d/A/000000000001/0/crop"] {
      #expect(SampleKey.inWords(text) == nil, "\(text)")
    }
  }

  @Test("Keys of one source stand in the order of their times, negative times first")
  func keysFollowTime() {
    func key(_ pts: Int64) -> String { SampleKey.make(dataset: "d", path: "a", pts: pts, track: 0, variant: "crop") }
    let times: [Int64] = [0, 1, 9, 10, 99, 512, 1024, 90_000, 999_999_999_999]
    let keys = times.map(key)
    #expect(keys == keys.sorted())
    #expect([-1, -512, -90_000].allSatisfy { key($0) < key(0) })
    #expect(Set(([-512, -1] + times).map(key)).count == times.count + 2)
  }

  @Test("Keys differ wherever one of their parts does")
  func keysAreOneToOne() {
    var random = KeyedRandom(seed: 2, key: "keys", stage: "test")
    var known: [String: [String]] = [:]
    for _ in 0..<3000 {
      let path = Self.text(&random)
      let pts = Int64(random.integer(below: 5)) - 2
      let track = random.integer(below: 3)
      let variant = ["crop", "self-blend"][random.integer(below: 2)]
      let parts = [SampleKey.escape(path), "\(pts)", "\(track)", variant]
      let key = SampleKey.make(dataset: "d", path: path, pts: pts, track: track, variant: variant)
      let other = known.updateValue(parts, forKey: key)
      #expect(other == nil || other == parts, "\(key)")
    }
  }
}
