import Records
import Splitting
import Testing

@Suite struct FoldPlanTests {
  private func item(_ key: String, _ group: String, _ label: Label, _ cluster: Int? = nil) -> FoldItem {
    FoldItem(key: key, group: group, label: label, cluster: cluster)
  }

  /// Two clusters; group c lies mostly in cluster 1 and has one sample in cluster 0; group e is of reals alone.
  private var small: [FoldItem] {
    [
      item("a1", "a", .real, 0), item("a2", "a", .fake, 0), item("b1", "b", .real, 1), item("b2", "b", .fake, 1),
      item("c1", "c", .fake, 1), item("c2", "c", .fake, 1), item("c3", "c", .fake, 0), item("c4", "c", .real),
      item("e1", "e", .real),
    ]
  }

  @Test func `purge leaves out what would tear a group`() throws {
    let plan = try LeaveOneClusterOut.plan(small)
    #expect(plan.cells.map(\.name) == ["00", "01", "02"])
    #expect(plan.cells.map(\.keys) == [["a1", "a2", "e1"], ["b1", "b2", "c1", "c2", "c4"], ["c3"]])
    #expect(plan.folds.map(\.validationCells) == [["00"], ["01"]])
    #expect(plan.folds.map(\.trainingCells) == [["01"], ["00"]])
    #expect(plan.folds.map(\.leftOut) == [1, 1])
    #expect(counts(plan.folds[0].validation) == [2, 1, 2, 1])
    #expect(counts(plan.folds[0].training) == [2, 3, 2, 2])
    #expect(plan.notes.isEmpty && plan.straddlingGroups.isEmpty)
  }

  @Test func `move takes a sample along with its group`() throws {
    let plan = try LeaveOneClusterOut.plan(small, options: FoldOptions(conflict: .move))
    #expect(plan.cells.map(\.keys) == [["a1", "a2", "e1"], ["b1", "b2", "c1", "c2", "c3", "c4"]])
    #expect(plan.folds.map(\.leftOut) == [0, 0])
  }

  @Test func `records give every sample's part in every fold`() throws {
    let records = try LeaveOneClusterOut.plan(small).records(small.reversed())
    #expect(records[0] == ["sample", "group", "cluster", "cell", "fold-0", "fold-1"])
    #expect(records[1] == ["a1", "a", "0", "00", "validation", "training"])
    #expect(records.contains(["c3", "c", "0", "02", "left-out", "left-out"]))
    #expect(records.contains(["c4", "c", "", "01", "training", "validation"]))
    #expect(records.dropFirst().map { $0[0] } == small.map(\.key))
    #expect { try LeaveOneClusterOut.plan(small).records(Array(small.dropLast())) } throws: {
      ($0 as? SplittingError)?.code == .unknownSample
    }
  }

  @Test(arguments: 0..<60, ConflictRule.allCases)
  func `no group on both sides, every sample in one cell, no order matters`(seed: UInt64, conflict: ConflictRule) throws
  {
    var items = items(groups: 60, clusters: 5, seed: seed)
    let options = FoldOptions(conflict: conflict, minimumGroups: 2)
    let plan = try LeaveOneClusterOut.plan(items, options: options)
    let byKey = Dictionary(uniqueKeysWithValues: items.map { ($0.key, $0) })
    let keys = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.name, $0.keys) })
    #expect(plan.cells.flatMap(\.keys).sorted() == items.map(\.key).sorted())
    #expect(plan.folds.count >= 2)
    for fold in plan.folds {
      func side(_ cells: [String]) -> [FoldItem] { cells.flatMap { keys[$0] ?? [] }.compactMap { byKey[$0] } }
      let (training, validation) = (side(fold.trainingCells), side(fold.validationCells))
      #expect(Set(training.map(\.group)).isDisjoint(with: validation.map(\.group)))
      #expect(training.count + validation.count + fold.leftOut == items.count)
      #expect(conflict == .purge || fold.leftOut == 0)
      for (items, counts) in [(training, fold.training), (validation, fold.validation)] {
        #expect(counts.reals == items.count { $0.label == .real })
        #expect(counts.fakeGroups == Set(items.filter { $0.label == .fake }.map(\.group)).count)
        #expect(min(counts.realGroups, counts.fakeGroups) >= 2)
      }
      if conflict == .purge {
        // Nothing of the cluster that is left out is trained on.
        #expect(training.allSatisfy { $0.cluster.map { !fold.clusters.contains($0) } ?? true })
        #expect(validation.allSatisfy { $0.cluster.map { fold.clusters.contains($0) } ?? true })
      }
    }
    // Each group validates in exactly one fold at most, and with `move` every sample in exactly one.
    let validated = plan.folds.flatMap { $0.validationCells.flatMap { keys[$0] ?? [] } }
    #expect(Set(validated).count == validated.count)
    if conflict == .move { #expect(validated.count == items.count) }

    var random = KeyedRandom(seed: seed, key: "order", stage: "test")
    random.shuffle(&items)
    #expect(try LeaveOneClusterOut.plan(items, options: options) == plan)
  }

  @Test func `real groups without clusters are dealt evenly`() throws {
    var items: [FoldItem] = []
    for cluster in 0..<3 {
      for index in 0..<4 { items.append(item("f\(cluster)\(index)", "f\(cluster)\(index)", .fake, cluster)) }
    }
    for index in 0..<9 { items.append(item("r\(index)", "r\(index)", .real)) }
    let plan = try LeaveOneClusterOut.plan(items, options: FoldOptions(minimumGroups: 3))
    #expect(plan.folds.map(\.validation.realGroups) == [3, 3, 3])
    #expect(plan.folds.map(\.training.realGroups) == [6, 6, 6])
    #expect(plan.folds.map(\.leftOut) == [0, 0, 0])
  }

  @Test func `a cluster without one class is joined with the smallest other`() throws {
    var items: [FoldItem] = [item("only", "only", .fake, 2)]
    for (cluster, size) in [(0, 5), (1, 3)] {
      for index in 0..<size {
        items.append(item("r\(cluster)\(index)", "r\(cluster)\(index)", .real, cluster))
        items.append(item("f\(cluster)\(index)", "f\(cluster)\(index)", .fake, cluster))
      }
    }
    let plan = try LeaveOneClusterOut.plan(items)
    #expect(plan.folds.map(\.clusters) == [[0], [1, 2]])
    #expect(plan.folds[1].validation.fakes == 4)
    #expect(plan.notes.count == 1 && plan.notes[0].contains("clusters 2 joined with 1"))
  }

  @Test func `clusters that separate the classes are told apart from a split`() throws {
    let items = (0..<10).map { item("k\($0)", "g\($0)", $0 < 5 ? .real : .fake, $0 < 5 ? 0 : 1) }
    let error = try #require(throws: SplittingError.self) { try LeaveOneClusterOut.plan(items) }
    #expect(error.code == .tooFewFolds)
    #expect(error.message.contains("10 samples in 10 groups (5 with reals) and 2 clusters"))
    #expect(error.message.contains("fewer clusters"))
    #expect { try LeaveOneClusterOut.plan([]) } throws: { ($0 as? SplittingError)?.code == .tooFewFolds }
    #expect { try LeaveOneClusterOut.plan(small + [small[0]]) } throws: {
      ($0 as? SplittingError)?.code == .duplicateKey
    }
    #expect { try LeaveOneClusterOut.plan(small, options: FoldOptions(minimumGroups: 0)) } throws: {
      ($0 as? SplittingError)?.code == .badOption
    }
  }

  @Test func `an official split is one fold, and straddling groups are reported`() throws {
    let samples = [
      sample("a", label: .real), sample("b", label: .fake, officialSplit: "train"),
      sample("c", label: .real, officialSplit: "validation"), sample("e", label: .fake, officialSplit: "validation"),
      sample("f", label: .fake, officialSplit: "test"),
    ]
    let groups = Dictionary(uniqueKeysWithValues: samples.map { ($0.key, $0.path == "e" ? "d/b" : $0.sourceName) })
    let plan = try OfficialSplit.plan(samples.reversed(), groups: groups)
    #expect(plan.cells.map(\.name) == ["test", "train", "validation"])
    #expect(plan.cells[1].keys == [samples[0].key, samples[1].key].sorted())
    #expect(plan.folds.count == 1 && plan.folds[0].leftOut == 1)
    #expect(plan.folds[0].trainingCells == ["train"] && plan.folds[0].validationCells == ["validation"])
    #expect(plan.straddlingGroups == ["d/b"])
    #expect { try OfficialSplit.plan(Array(samples.prefix(3)), groups: groups) } throws: {
      ($0 as? SplittingError)?.code == .tooFewFolds
    }
    let undivided = try OfficialSplit.plan([samples[0], samples[1], samples[4]], groups: groups)
    #expect(undivided.cells.map(\.name) == ["test", "train"] && undivided.folds.isEmpty && !undivided.notes.isEmpty)
    #expect { try OfficialSplit.plan([sample("a", officialSplit: "dev")], groups: [:]) } throws: {
      ($0 as? SplittingError)?.code == .badOption
    }
  }

  private func counts(_ side: SideCounts) -> [Int] { [side.reals, side.fakes, side.realGroups, side.fakeGroups] }
}
