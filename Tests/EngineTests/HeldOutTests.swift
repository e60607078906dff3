import Foundation
import Records
import Testing

@testable import Engine

@Suite("What is held out")
struct HeldOutTests {
  /// Originals with a fake by each of two methods, one by the first alone, and a dataset of another domain.
  private static let sources: [Source] = [
    Source(dataset: "ff", path: "r0", label: .real, officialSplit: "train"),
    Source(dataset: "ff", path: "a0", label: .fake, method: "a", original: "r0"),
    Source(dataset: "ff", path: "b0", label: .fake, method: "b", original: "r0"),
    Source(dataset: "ff", path: "r1", label: .real, officialSplit: "test"),
    Source(dataset: "ff", path: "b1", label: .fake, method: "b", original: "r1"),
    Source(dataset: "ff", path: "r2", label: .real),
    Source(dataset: "ff", path: "b2", label: .fake, method: "b", original: "r2"),
    Source(dataset: "wild", path: "w0", label: .fake, method: "a", domain: "unknown-post"),
  ]

  private func request(_ holdOut: String) throws -> RunRequest {
    var pipeline = try parse(Workshop.pipeline)
    pipeline.datasets = [.init(name: "ff", role: .train), .init(name: "wild", role: .train)]
    pipeline.holdOut = try parse("hold-out: \(holdOut)\n" + Workshop.pipeline).holdOut
    return RunRequest(
      pipeline: pipeline, listing: SourceListing(sources: Self.sources, roots: [:], problems: []),
      registry: Toys.registry, store: URL(filePath: "/none"), modelsFolder: URL(filePath: "/none"), executable: "",
      jobs: 1)
  }

  private func roles(_ holdOut: String) throws -> [String: Role] {
    Dictionary(
      uniqueKeysWithValues: try request(holdOut).families.flatMap(\.sources).map { ($0.path, $0.role) })
  }

  @Test("A domain goes to the test")
  func domain() throws {
    #expect(try roles("{domains: [unknown-post]}").filter { $0.value != .train } == ["w0": .test])
  }

  @Test("A method's fakes are tested with their originals, or left out where other fakes are trained on")
  func method() throws {
    let roles = try roles("{methods: [b]}")
    #expect(
      roles.filter { $0.value != .train } == ["b0": .leftOut, "r1": .test, "b1": .test, "r2": .test, "b2": .test])
    let both = try self.roles("{methods: [a], official-test: true}")
    #expect(both.filter { $0.value != .train } == ["a0": .leftOut, "r1": .test, "b1": .test, "w0": .test])
  }

  @Test("Counts tell what became of every source")
  func counts() throws {
    let counts = RoleCount.all(of: try request("{methods: [b], domains: [unknown-post]}").families)
    #expect(
      counts.map(\.text) == [
        "ff: 1 real and 1 fake sources are train", "ff: 2 real and 2 fake sources are test",
        "ff: 0 real and 1 fake sources are left-out", "wild: 0 real and 1 fake sources are test",
      ])
    #expect(counts.reduce(0) { $0 + $1.reals + $1.fakes } == Self.sources.count)
  }

  @Test("A part of the test may be looked at without labels, and shares no person, video or family with the rest")
  func unlabelled() throws {
    // Chains of three sources: a person, her double and a video tie them.
    let sources = (0..<40).flatMap { chain in
      [
        Source(dataset: "wild", path: "\(chain)a", label: .real, identity: "p\(chain)"),
        Source(
          dataset: "wild", path: "\(chain)b", label: .fake, identity: "q\(chain)", donor: "p\(chain)",
          sourceVideo: "v\(chain)"),
        Source(
          dataset: "wild", path: "\(chain)c", label: .fake, method: chain < 4 ? "b" : "a", sourceVideo: "v\(chain)"),
      ]
    }
    func roles(_ holdOut: String, _ sources: [Source]) throws -> [String: Role] {
      var pipeline = try request(holdOut).pipeline
      pipeline.datasets = [.init(name: "wild", role: .test), .init(name: "ff", role: .train)]
      let families = HeldOut(pipeline).families(of: sources)
      return Dictionary(uniqueKeysWithValues: families.flatMap(\.sources).map { ($0.path, $0.role) })
    }
    let half = try roles("{unlabelled: {share: 50%}}", sources)
    #expect(half == (try roles("{unlabelled: {share: 50%}}", sources.reversed())))
    for chain in 0..<40 { #expect(Set(["a", "b", "c"].map { half["\(chain)\($0)"] }).count == 1, "chain \(chain)") }
    #expect(half.values.count { $0 == .unlabelled } == 60 && half.values.count { $0 == .test } == 60)
    // Of a method alone, groups that go beyond it stay in the test whole.
    let method = try roles("{unlabelled: {share: 50%, methods: [b]}}", sources)
    #expect(method.values.allSatisfy { $0 == .test })
    // Nothing of the training is touched.
    #expect(try self.roles("{unlabelled: {share: 90%}}").values.allSatisfy { $0 == .train })
    for wrong in ["{share: 100%}", "{share: 0%}", "{datasets: [ff]}", "{share: 50%, datasets: [none]}", "3"] {
      #expect(throws: ToolError.self) { try parse("hold-out: {unlabelled: \(wrong)}\n" + Workshop.pipeline) }
    }
  }

  @Test("A name that no source has is an error with the nearest one")
  func unknownNames() throws {
    #expect {
      try HeldOut(request("{domains: [unknown-pots]}").pipeline).check(Self.sources)
    } throws: {
      let error = $0 as? ToolError
      return error?.status == .badConfiguration && error?.message.contains("did you mean 'unknown-post'?") ?? false
    }
    #expect(throws: ToolError.self) { try HeldOut(request("{methods: [c]}").pipeline).check(Self.sources) }
    #expect(throws: ToolError.self) { try parse("hold-out: {datasets: [none]}\n" + Workshop.pipeline) }
    #expect(throws: ToolError.self) { try parse("hold-out: {methods: a}\n" + Workshop.pipeline) }
    #expect(try parse("hold-out: {datasets: [text]}\n" + Workshop.pipeline).holdOut.datasets == ["text"])
  }
}
