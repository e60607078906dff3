import Records
import Testing

@Suite("Sources, families, samples")
struct RecordTests {
  private static func source(_ path: String, of original: String? = nil, dataset: String = "d") -> Source {
    Source(dataset: dataset, path: path, label: original == nil ? .real : .fake, original: original)
  }

  @Test("Families do not depend on the order of sources; the original comes first, its fakes by path")
  func familiesIgnoreOrder() {
    let sources = [
      Self.source("m.mp4"), Self.source("a/fake.mp4", of: "m.mp4"), Self.source("z/fake.mp4", of: "m.mp4"),
      Self.source("b.mp4"), Self.source("lone.mp4", of: "gone.mp4"), Self.source("alone.mp4", of: "gone.mp4"),
      Self.source("m.mp4", dataset: "c"),
    ]
    let expected = ["c/m.mp4", "d/b.mp4", "d/gone.mp4", "d/m.mp4"]
    var random = KeyedRandom(seed: 1, key: "families", stage: "test")
    var shuffled = sources
    for _ in 0..<50 {
      random.shuffle(&shuffled)
      let families = Family.families(of: shuffled)
      #expect(families.map(\.name) == expected)
      #expect(families == Family.families(of: sources))
    }
    let families = Family.families(of: sources)
    #expect(families[3].sources.map(\.path) == ["m.mp4", "a/fake.mp4", "z/fake.mp4"])
  }

  @Test("Fakes of an original that is absent are one family, named after it")
  func absentOriginalsKeepTheirFamily() {
    let families = Family.families(of: [Self.source("2.mp4", of: "gone.mp4"), Self.source("1.mp4", of: "gone.mp4")])
    #expect(families.map(\.name) == ["d/gone.mp4"])
    #expect(families[0].sources.map(\.path) == ["1.mp4", "2.mp4"])
  }

  @Test("A file of the same path in another dataset is no original")
  func familiesStayWithinADataset() {
    let families = Family.families(of: [Self.source("m.mp4", dataset: "c"), Self.source("f.mp4", of: "m.mp4")])
    #expect(families.map(\.sources.count) == [1, 1])
  }

  @Test(
    "Overlap is intersection over union",
    arguments: [
      (Box(x: 0, y: 0, width: 10, height: 10), 1.0), (Box(x: 5, y: 0, width: 10, height: 10), 50.0 / 150),
      (Box(x: 2, y: 2, width: 5, height: 4), 0.2), (Box(x: 10, y: 0, width: 10, height: 10), 0),
      (Box(x: 20, y: 20, width: 1, height: 1), 0), (Box(x: 5, y: 5, width: 0, height: 0), 0),
      (Box(x: -5, y: -5, width: 10, height: 10), 25.0 / 175),
    ] as [(Box, Double)])
  func overlap(other: Box, expected: Double) {
    let box = Box(x: 0, y: 0, width: 10, height: 10)
    #expect(box.overlap(with: other) == expected)
    #expect(other.overlap(with: box) == expected)
  }

  @Test("One is fake, zero is real, in JSON too")
  func labels() throws {
    #expect(Label.fake.rawValue == 1 && Label.real.rawValue == 0)
    #expect(try CanonicalJSON.string([Label.real, .fake]) == "[0,1]")
  }

  @Test("A transform maps frame pixels to crop pixels")
  func transform() {
    let transform = AffineTransform(a: 2, b: 1, tx: -10, c: 0, d: 3, ty: 5)
    #expect(transform.apply(Point(x: 4, y: 6)) == Point(x: 4, y: 23))
  }

  @Test("Rows of features are chosen with their keys, in the order asked for")
  func featureRows() {
    let matrix = FeatureMatrix(keys: ["a", "b", "c"], columns: 2, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.selecting([2, 0]) == FeatureMatrix(keys: ["c", "a"], columns: 2, values: [5, 6, 1, 2]))
    #expect(matrix.selecting([]).rows == 0)
  }

  @Test func aMemberOfATarIsWrittenOnlyWhereThereIsOne() throws {
    var source = Source(dataset: "d", path: "shards/a.tar/0001.jpg", label: .fake)
    #expect(!String(decoding: try CanonicalJSON.data(source), as: UTF8.self).contains("member"))
    source.member = ArchiveMember(archive: "shards/a.tar", offset: 1536, length: 9)
    let text = String(decoding: try CanonicalJSON.data(source), as: UTF8.self)
    #expect(text.contains(#""member":{"archive":"shards/a.tar","length":9,"offset":1536}"#), "\(text)")
    #expect(try CanonicalJSON.decode(Source.self, from: CanonicalJSON.data(source)) == source)
  }
}
