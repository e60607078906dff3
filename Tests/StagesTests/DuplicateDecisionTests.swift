import Records
import Splitting
import Testing

@testable import Engine
@testable import Stages

@Suite("Which of two crops that look alike goes")
struct DuplicateDecisionTests {
  private func sample(
    _ path: String, label: Label = .real, family: String? = nil, role: Role = .train, video: String? = nil,
    parents: [String] = []
  ) -> Sample {
    let source = Source(dataset: "d", path: path, label: label, role: role, sourceVideo: video)
    return Sample(
      key: path, source: source, family: family ?? path, pts: 0, timeBase: TimeBase(numerator: 1, denominator: 25),
      frameWidth: 64, frameHeight: 64, track: 0, variant: "crop",
      face: Face(box: Box(x: 0, y: 0, width: 8, height: 8), score: 1),
      transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: 8, height: 8, encoding: .png,
      quality: FaceQuality(facePixels: 8, upscale: 1, sharpness: 1, brightness: 1, contrast: 1), parents: parents)
  }

  private func decide(_ samples: [Sample], _ pairs: [(Int, Int, Double)]) -> DuplicateDecision {
    DuplicateDecision(
      samples,
      pairs.map { NearDuplicate(first: $0.0, second: $0.1, bits: 2, isMirrored: false, correlation: $0.2) },
      dropCorrelation: 0.98, stage: "dedupe")
  }

  @Test("The smaller key survives, whichever shows more, and the drop names it")
  func survivor() {
    let decision = decide([sample("a"), sample("b")], [(1, 0, 0.99)])
    #expect(decision.drops.map(\.item) == ["b"])
    #expect(decision.drops.first?.detail == "2 bits from a")
    #expect(decision.links.rows.isEmpty)
  }

  @Test("Neither labels, nor roles, nor what one video shows are mixed: a link with its evidence")
  func linked() {
    for other in [
      sample("b", label: .fake), sample("b", role: .test), sample("b", video: "v"), sample("b", family: "a"),
    ] {
      let decision = decide([sample("a", video: "v"), other], [(0, 1, 0.999)])
      #expect(decision.drops.isEmpty)
      #expect(
        decision.links.rows == [
          .init(first: "a", second: "b", kind: .nearDuplicate, similarity: 0.999, bits: 2)
        ])
    }
  }

  @Test("What merely looks alike is linked, not dropped")
  func alike() {
    let decision = decide([sample("a"), sample("b")], [(0, 1, 0.96)])
    #expect(decision.drops.isEmpty && decision.links.rows.count == 1)
  }

  @Test("Of three copies one stays; what hangs on a dropped one goes or is let go")
  func chain() {
    let samples = [
      sample("a"), sample("b"), sample("c"), sample("d", label: .fake), sample("e", parents: ["b"]),
    ]
    let decision = decide(samples, [(0, 1, 0.99), (0, 2, 0.99), (1, 2, 0.99), (1, 3, 0.99), (2, 3, 0.95)])
    #expect(decision.drops.map(\.item) == ["b", "c", "e"])
    #expect(decision.drops.map(\.reason) == ["near-duplicate", "near-duplicate", "parent-dropped"])
    #expect(decision.links.rows.isEmpty)
  }
}

@Suite("What ties sources")
struct SourceFeaturesTests {
  private func sample(_ path: String, _ pts: Int64, label: Label, family: String, parents: [String] = []) -> Sample {
    Sample(
      key: "\(path)/\(pts)", source: Source(dataset: "d", path: path, label: label), family: family, pts: pts,
      timeBase: TimeBase(numerator: 1, denominator: 25), frameWidth: 64, frameHeight: 64, track: 0, variant: "crop",
      face: Face(box: Box(x: 0, y: 0, width: 8, height: 8), score: 1),
      transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: 8, height: 8, encoding: .png,
      quality: FaceQuality(facePixels: 8, upscale: 1, sharpness: 1, brightness: 1, contrast: 1), parents: parents)
  }

  @Test("A source's features are the mean direction of its crops; zeros and made samples have no part in it")
  func means() {
    let samples = [
      sample("a", 0, label: .real, family: "a"), sample("a", 1, label: .real, family: "a"),
      sample("a", 2, label: .real, family: "a"), sample("b", 0, label: .fake, family: "a"),
      sample("c", 0, label: .real, family: "c"), sample("a", 3, label: .real, family: "a", parents: ["a/0"]),
      sample("z", 0, label: .real, family: "z"),
    ].sorted { $0.key < $1.key }
    let rows: [String: [Float]] = [
      "a/0": [3, 0], "a/1": [0, 5], "a/2": [0, 0], "b/0": [1, 1], "c/0": [0, 2], "a/3": [-1, 0], "z/0": [0, 0],
    ]
    let features = FeatureMatrix(keys: samples.map(\.key), columns: 2, values: samples.flatMap { rows[$0.key] ?? [] })
    let reals = SourceFeatures(samples, features, labels: [.real])
    #expect(reals.matrix == FeatureMatrix(keys: ["d/a", "d/c"], columns: 2, values: [0.5, 0.5, 0, 1]))
    #expect(reals.samples == ["a/0", "c/0"])
    #expect(reals.families == [0, 1])
    let all = SourceFeatures(samples, features, labels: [.real, .fake])
    #expect(all.matrix.keys == ["d/a", "d/b", "d/c"] && all.families == [0, 0, 1])
  }
}
