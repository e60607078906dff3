import Records
import Splitting
import Testing

@Suite struct GroupLinksTests {
  private func group(_ assignment: GroupAssignment, _ sample: Sample) -> String? { assignment.groups[sample.key] }

  @Test func `a family is one group, named after its smallest family`() throws {
    let (real, fake) = (sample("b.mp4"), sample("a.mp4", label: .fake, family: "d/b.mp4"))
    let other = sample("c.mp4")
    let assignment = try GroupLinks.groups(of: [fake, other, real], hard: [])
    #expect(assignment.groups == [real.key: "d/b.mp4", fake.key: "d/b.mp4", other.key: "d/c.mp4"])
    #expect(assignment.groupCount == 2)
    #expect(assignment.largestGroup == "d/b.mp4" && assignment.largestShare == 2.0 / 3)
    #expect(assignment.linkedFamilies == [.family: 1])
  }

  @Test func `identity links chain families, within a dataset only`() throws {
    let first = sample("a", identity: "id0", sourceVideo: "x")
    let second = sample("b", identity: "id1", sourceVideo: "x")
    let third = sample("c", identity: "id1")
    let foreign = sample("a", dataset: "e", identity: "id0", sourceVideo: "x")
    let samples = [first, second, third, foreign]
    let hard = try GroupLinks.groups(of: samples)
    #expect([first, second, third].map { group(hard, $0) } == ["d/a", "d/a", "d/a"])
    #expect(group(hard, foreign) == "e/a")
    #expect(hard.linkedFamilies == [.identity: 2, .sourceVideo: 2])
    let soft = try GroupLinks.groups(of: samples, hard: [.sourceVideo])
    #expect(group(soft, third) == "d/c" && group(soft, second) == "d/a")
    #expect(soft.linkedFamilies == hard.linkedFamilies)
  }

  @Test func `a donor is tied to its own videos, softly`() throws {
    let own = sample("a", identity: "id7")
    let swapped = sample("b", label: .fake, identity: "id1", donor: "id7")
    let soft = try GroupLinks.groups(of: [own, swapped])
    #expect(soft.groupCount == 2 && soft.linkedFamilies == [.donor: 2])
    #expect(try GroupLinks.groups(of: [own, swapped], hard: [.donor]).groupCount == 1)
  }

  @Test func `made samples go with every parent, even a dropped one`() throws {
    let (left, right) = (sample("a"), sample("b"))
    let blend = sample("a", label: .fake, parents: [left.key, right.key], variant: "blend")
    #expect(try GroupLinks.groups(of: [left, right, blend], hard: []).groupCount == 1)
    let one = sample("c", label: .fake, parents: ["gone"], variant: "edit")
    let two = sample("e", label: .fake, parents: ["gone"], variant: "edit")
    #expect(try GroupLinks.groups(of: [one, two], hard: []).groupCount == 1)
  }

  @Test func `extra links count always and connect when hard`() throws {
    let (left, right) = (sample("a"), sample("b"))
    let near = [ExtraLink(right.key, left.key, .nearDuplicate)]
    let soft = try GroupLinks.groups(of: [left, right], extraLinks: near)
    #expect(soft.groupCount == 2 && soft.linkedFamilies == [.nearDuplicate: 2])
    #expect(try GroupLinks.groups(of: [left, right], hard: [.nearDuplicate], extraLinks: near).groupCount == 1)
    #expect { try GroupLinks.groups(of: [left], extraLinks: near) } throws: {
      ($0 as? SplittingError)?.code == .unknownSample
    }
    #expect { try GroupLinks.groups(of: [left, left]) } throws: { ($0 as? SplittingError)?.code == .duplicateKey }
  }

  @Test(arguments: 0..<20) func `groups are the connected components by brute force, whatever the order`(seed: UInt64)
    throws
  {
    var random = KeyedRandom(seed: seed, key: "links", stage: "test")
    var samples = (0..<40).map { index in
      sample(
        "v\(index)", family: "d/f\(random.integer(below: 30))",
        identity: random.chance(0.5) ? "\(random.integer(below: 25))" : nil,
        sourceVideo: random.chance(0.5) ? "\(random.integer(below: 25))" : nil)
    }
    var labels = Array(0..<40)
    for _ in 0..<40 {
      for left in 0..<40 {
        for right in 0..<40 {
          let (first, second) = (samples[left], samples[right])
          let linked =
            first.family == second.family || first.identity != nil && first.identity == second.identity
            || first.sourceVideo != nil && first.sourceVideo == second.sourceVideo
          if linked { labels[left] = min(labels[left], labels[right]) }
        }
      }
    }
    let assignment = try GroupLinks.groups(of: samples)
    for left in 0..<40 {
      for right in 0..<40 {
        #expect(
          (labels[left] == labels[right]) == (group(assignment, samples[left]) == group(assignment, samples[right])))
      }
    }
    random.shuffle(&samples)
    #expect(try GroupLinks.groups(of: samples) == assignment)
  }

  @Test func `the audit counts what crosses`() throws {
    let own = sample("a", identity: "id7")
    let swapped = sample("b", label: .fake, identity: "id1", donor: "id7")
    let again = sample("c", label: .fake, identity: "id2", donor: "id7")
    let unrelated = sample("e", identity: "id9")
    let samples = [own, swapped, again, unrelated]
    let near = [ExtraLink(own.key, unrelated.key, .nearDuplicate)]
    let audit = try LinkAudit.crossings(
      of: samples, training: [own.key], validation: [swapped.key, again.key, unrelated.key], extraLinks: near)
    let donors = try #require(audit.crossings[.donor])
    #expect(donors.links == 1 && donors.validationSamples == 2 && donors.examples == ["d/id7"])
    #expect(audit.crossings[.nearDuplicate]?.links == 1)
    #expect(audit.crossings.count == 2)
    let apart = try LinkAudit.crossings(of: samples, training: [own.key], validation: [], extraLinks: near)
    #expect(apart.crossings.isEmpty)
    #expect(try CanonicalJSON.string(audit).contains("\"near-duplicate\""))
  }
}
