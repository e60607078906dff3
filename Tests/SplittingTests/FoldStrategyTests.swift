import Records
import Splitting
import Testing

@Suite struct FoldStrategyTests {
  /// Families of an original and fakes by some of the methods; some of a second dataset; some samples made.
  private func items(_ families: Int, methods: Int, seed: UInt64) -> [FoldItem] {
    var random = KeyedRandom(seed: seed, key: "strategies", stage: "test")
    return (0..<families).flatMap { family -> [FoldItem] in
      let group = "g\(random.integer(below: max(1, families * 3 / 4)))"
      let dataset = random.chance(0.3) ? "two" : "one"
      var items = [FoldItem]()
      func add(_ name: String, _ label: Label, _ method: String?, isMade: Bool = false) {
        for frame in 0...random.integer(below: 3) {
          items.append(
            FoldItem(
              key: "\(dataset)/v\(family)-\(name)/\(frame)", group: group, label: label, method: method,
              dataset: dataset, video: "\(dataset)/v\(family)-\(name).mp4", isMade: isMade))
        }
      }
      add("real", .real, nil)
      for method in 0..<methods where random.chance(0.6) { add("m\(method)", .fake, "m\(method)") }
      if random.chance(0.2) { add("unnamed", .fake, nil) }
      if random.chance(0.2) { add("blend", .fake, "self-blend", isMade: true) }
      return items
    }
  }

  private func check(_ plan: FoldPlan, _ items: [FoldItem]) {
    #expect(plan.straddlingGroups.isEmpty)
    #expect(plan.cells.flatMap(\.keys).sorted() == items.map(\.key).sorted())
    for fold in plan.folds {
      #expect(fold.training.samples + fold.validation.samples + fold.leftOut == items.count)
      let sides = [fold.trainingCells, fold.validationCells].map { names in
        let keys = Set(plan.cells.filter { names.contains($0.name) }.flatMap(\.keys))
        return Set(items.filter { keys.contains($0.key) }.map(\.group))
      }
      #expect(sides[0].isDisjoint(with: sides[1]))
    }
  }

  private func shuffled(_ items: [FoldItem], _ seed: UInt64) -> [FoldItem] {
    var items = items
    var random = KeyedRandom(seed: seed, key: "shuffle", stage: "test")
    random.shuffle(&items)
    return items
  }

  @Test(arguments: 0..<8) func `balanced folds validate on every sample once and tear nothing`(seed: UInt64) throws {
    let items = items(60, methods: 3, seed: seed)
    for manner in [BalancedFolds.Manner.stratified(Stratification()), .random(seed: seed)] {
      let plan = try BalancedFolds.plan(items, count: 4, manner: manner)
      check(plan, items)
      #expect(plan.folds.count == 4 && plan.folds.reduce(0) { $0 + $1.validation.samples } == items.count)
      #expect(plan.folds.allSatisfy { $0.leftOut == 0 })
      #expect(try BalancedFolds.plan(shuffled(items, seed), count: 4, manner: manner) == plan)
    }
  }

  @Test func `too few groups for the folds is an error`() throws {
    let few = items(60, methods: 2, seed: 1).map { item in
      var item = item
      item.group = item.group < "g3" ? "a" : "b"
      return item
    }
    #expect { try BalancedFolds.plan(few, count: 3, manner: .stratified(Stratification())) } throws: {
      ($0 as? SplittingError)?.code == .tooFewFolds
    }
    #expect(throws: SplittingError.self) { try BalancedFolds.plan(few, count: 1, manner: .random(seed: 1)) }
  }

  @Test(arguments: 0..<8) func `leaving out a method validates on it alone, with reals`(seed: UInt64) throws {
    let items = items(80, methods: 3, seed: seed)
    let plan = try LeaveOneMethodOut.plan(items)
    check(plan, items)
    #expect(plan.folds.count == 3)
    let byKey = Dictionary(uniqueKeysWithValues: items.map { ($0.key, $0) })
    for fold in plan.folds {
      func members(_ cells: [String]) -> [FoldItem] {
        plan.cells.filter { cells.contains($0.name) }.flatMap(\.keys).compactMap { byKey[$0] }
      }
      let (train, validation) = (members(fold.trainingCells), members(fold.validationCells))
      #expect(Set(validation.filter { $0.label == .fake }.map(\.method)) == ["m\(fold.index)"])
      #expect(!train.contains { $0.method == "m\(fold.index)" || $0.label == .fake && $0.method == nil })
      #expect(!validation.contains(where: \.isMade) && validation.contains { $0.label == .real })
      #expect(train.contains { $0.isMade })
    }
    #expect(try LeaveOneMethodOut.plan(shuffled(items, seed)) == plan)
    #expect(plan.notes.contains("fold 1 leaves out m1"))
    #expect(throws: SplittingError.self) {
      try LeaveOneMethodOut.plan(items.filter { $0.method != "m1" && $0.method != "m2" })
    }
  }

  @Test func `with a method to each group nothing named is left out`() throws {
    let items = (0..<12).flatMap { family in
      [
        FoldItem(key: "r\(family)", group: "g\(family)", label: .real),
        FoldItem(key: "f\(family)", group: "g\(family)", label: .fake, method: "m\(family % 3)"),
      ]
    }
    let plan = try LeaveOneMethodOut.plan(items)
    check(plan, items)
    #expect(plan.folds.map(\.leftOut) == [0, 0, 0])
    #expect(plan.folds.map(\.validation.samples) == [8, 8, 8])
  }

  @Test(arguments: 0..<5) func `leaving out a dataset validates on it`(seed: UInt64) throws {
    // Groups stay within a dataset, as links do.
    let items = items(60, methods: 2, seed: seed).map { item in
      var item = item
      item.group = "\(item.dataset)/\(item.group)"
      return item
    }
    let plan = try LeaveOneDatasetOut.plan(items)
    check(plan, items)
    #expect(plan.notes.starts(with: ["fold 0 leaves out one", "fold 1 leaves out two"]))
    #expect(plan.folds.map(\.validation.samples) == ["one", "two"].map { name in items.count { $0.dataset == name } })
    #expect(throws: SplittingError.self) { try LeaveOneDatasetOut.plan(items.filter { $0.dataset == "one" }) }
  }

  @Test(arguments: 0..<6) func `pinned folds move nothing, and newcomers follow their groups`(seed: UInt64) throws {
    let items = items(80, methods: 3, seed: seed)
    let old = items.filter { !$0.key.contains("v1") }
    let first = try BalancedFolds.plan(old, count: 3, manner: .stratified(Stratification()))
    let pins = try PinnedSplit(first.records(old), name: "folds.csv")
    #expect(pins.count == old.count && pins.foldCount == 3)
    let second = try PinnedFolds.plan(shuffled(items, seed), pins: pins)
    check(second, items)
    func cells(_ plan: FoldPlan) -> [String: String] {
      Dictionary(uniqueKeysWithValues: plan.cells.flatMap { cell in cell.keys.map { ($0, cell.name) } })
    }
    let (before, after) = (cells(first), cells(second))
    for (key, cell) in before { #expect(after[key] == cell) }
    #expect(second.folds.map { $0.role(ofCell: "01") } == first.folds.map { $0.role(ofCell: "01") })
    #expect(second.notes[0].contains("\(old.count) samples stay"))
    #expect(try PinnedFolds.plan(old, pins: pins).cells == first.cells)
  }

  @Test func `a table that tears a group is obeyed, and told`() throws {
    let items = [
      FoldItem(key: "a", group: "g", label: .real, video: "d/x/a.mp4"),
      FoldItem(key: "b", group: "g", label: .fake, video: "d/x/b.mp4"),
      FoldItem(key: "c", group: "h", label: .real, video: "d/x/c.mp4"),
      FoldItem(key: "e", group: "h", label: .fake, video: "d/x/e.mp4"),
    ]
    let pins = try PinnedSplit(
      [["video", "split"], ["a", "train"], ["b", "val"], ["c", "validation"], ["e", "training"], ["z", "test"]],
      name: "list.csv")
    let plan = try PinnedFolds.plan(items, pins: pins)
    #expect(plan.straddlingGroups == ["g", "h"] && plan.folds.count == 1)
    #expect(plan.notes.contains { $0.contains("tears 2 groups") && $0.contains("nothing was moved") })
    let numbered = try PinnedSplit(
      [["video", "fold"], ["a", "0"], ["b", "0"], ["c", "1"], ["e", "1"]], name: "folds.csv")
    #expect(try PinnedFolds.plan(items, pins: numbered).folds.map(\.validation.samples) == [2, 2])
    #expect { try PinnedFolds.plan(items, pins: PinnedSplit([["video", "fold"], ["q", "0"]], name: "")) } throws: {
      ($0 as? SplittingError)?.code == .tooFewFolds
    }
  }

  @Test(arguments: [
    [["x", "split"], ["a", "train"]], [["video", "y"], ["a", "train"]], [["video", "split"], ["a", "nowhere"]],
    [["video", "split"], ["a", "train"], ["a", "test"]], [["video", "fold-0"], ["a", "both"]],
    [["video", "fold"], ["a", "x"]],
    [["video", "cell", "fold-0"], ["a", "0", "training"], ["b", "0", "validation"]], [["video", "fold"], ["a"]], [],
  ])
  func `a table that says nothing clear is refused`(records: [[String]]) {
    #expect { try PinnedSplit(records, name: "t.csv") } throws: { ($0 as? SplittingError)?.code == .badInput }
  }

  @Test func `softening says what each kind of link costs`() throws {
    let samples = (0..<6).flatMap { index in
      [
        sample("r\(index)", identity: "p\(index / 3)", sourceVideo: index < 2 ? "y" : nil),
        sample("f\(index)", label: .fake, family: "d/r\(index)", identity: "p\(index / 3)", donor: "p0"),
      ]
    }
    let all: Set<LinkKind> = [.identity, .sourceVideo, .donor]
    let groups = try GroupLinks.groups(of: samples, hard: all)
    #expect(groups.groupCount == 1)
    let trials = try Softening.all(of: samples, hard: all, extraLinks: []) { $0.groupCount >= 2 }
    #expect(trials.map(\.softened) == [[.identity], [.sourceVideo], [.donor], [.identity, .sourceVideo, .donor]])
    #expect(trials.map(\.groupCount) == [1, 1, 2, 6])
    #expect(trials.map(\.isEnough) == [false, false, true, true])
    #expect(trials[2].description == "donor: 2 groups, the largest 50 % of the samples, enough")
    #expect(Percent.text(0.004) == "0.4 %" && Percent.text(0.0996) == "10 %" && Percent.text(1) == "100 %")
  }
}
