import Foundation
import Records
import Testing

@testable import Shortcuts

@Suite struct ShortcutAuditTests {
  /// Area of two normals `shift` deviations apart.
  private static func area(_ shift: Double) -> Double { 0.5 * erfc(-shift / 2) }

  @Test(arguments: [0.5, 1, 2, -1.5]) func `a planted leak is found with its strength and direction`(shift: Double)
    throws
  {
    let items = Tables.items(groups: 400, items: 2)
    let table = try ShortcutTable(
      items,
      [
        ShortcutVariable("noise", .numbers(Tables.numbers(items, shift: 0, seed: 3, name: "noise"))),
        ShortcutVariable("leak", .numbers(Tables.numbers(items, shift: shift, seed: 3))),
      ])
    let audit = try ShortcutAudit(table, seed: 1)
    let found = audit.variables[0]
    #expect(found.name == "leak" && found.kind == .number)
    #expect(found.direction == (shift > 0 ? .higherInFakes : .higherInReals))
    let area = Self.area(abs(shift))
    #expect(abs((found.areaUnderCurve ?? 0) - area) < 0.04, "\(found) should be \(area)")
    let interval = try #require(found.interval)
    #expect(interval.low <= area && area <= interval.high && interval.high - interval.low < 0.1)
    #expect(found.realGroups == 400 && found.fakeGroups == 400)
    #expect(audit.warnings().map(\.name) == (area > 0.75 ? ["leak"] : []))
    let together = try #require(audit.together?.areaUnderCurve)
    #expect(abs(together - area) < 0.05)
  }

  @Test func `a category that gives the label away has area 1 and one bit`() throws {
    let items = Tables.items(groups: 20, items: 3)
    let table = try ShortcutTable(
      items,
      [
        ShortcutVariable("file type", .categories(items.map { $0.label == .real ? "jpg" : "png" })),
        ShortcutVariable("dataset", .categories(items.map { _ in "one" })),
      ])
    let audit = try ShortcutAudit(table)
    #expect(audit.variables.map(\.name) == ["file type"] && audit.constant == ["dataset"])
    let found = audit.variables[0]
    #expect(found.areaUnderCurve == 1 && found.interval == ShortcutInterval(low: 1, high: 1))
    #expect(abs(found.bits - 1) < 0.05)
    #expect(found.reals.text == "jpg" && found.fakes.text == "png")
    #expect(audit.together?.areaUnderCurve == 1)
    let control = try #require(audit.control?.interval)
    #expect(control.low <= 0.5 && control.high >= 0.5)
    #expect(audit.warnings().map(\.name) == ["file type"])
  }

  /// In mixed groups too a category without a meaning is at 0.5, as is one that only one item of each fold has.
  @Test func `categories without a meaning are near one half`() throws {
    var areas: [Double] = []
    for seed in 0..<40 as Range<UInt64> {
      let items = Tables.items(groups: 30, items: 2, mixed: seed.isMultiple(of: 2))
      let table = try ShortcutTable(
        items, [ShortcutVariable("codec", .categories(Tables.categories(items, ["a", "b", "c"], seed: seed)))])
      areas.append(try #require(try ShortcutAudit(table, replicates: 40).variables[0].areaUnderCurve))
    }
    let mean = areas.reduce(0, +) / Double(areas.count)
    #expect(abs(mean - 0.5) < 0.03, "\(mean)")
  }

  /// Fakes are two pixels wider than their originals, whose widths are many: as a score that is nearly nothing.
  @Test func `a leak without a direction is found by value`() throws {
    let items = Tables.items(groups: 60, items: 1, mixed: true)
    let widths: [Double?] = items.map { item in
      Double([640, 942, 1280][(Int(item.group) ?? 0) % 3] + (item.label == .fake ? 2 : 0))
    }
    let found = try ShortcutAudit(try ShortcutTable(items, [ShortcutVariable("width", .numbers(widths))])).variables[0]
    #expect(found.kind == .bins && found.direction == nil)
    #expect(found.areaUnderCurve == 1 && found.exceeds(0.9))
    #expect(found.bits > 0.9)
  }

  @Test func `weak variables add up in the area of all together`() throws {
    let items = Tables.items(groups: 300, items: 1)
    let table = try ShortcutTable(
      items,
      (0..<6).map { ShortcutVariable("x\($0)", .numbers(Tables.numbers(items, shift: 0.6, seed: 5, name: "x\($0)"))) })
    let audit = try ShortcutAudit(table)
    let expected = Self.area(0.6 * 6.0.squareRoot())
    let together = try #require(audit.together?.areaUnderCurve)
    #expect(abs(together - expected) < 0.05, "\(together) should be about \(expected)")
    #expect(audit.variables.allSatisfy { ($0.areaUnderCurve ?? 1) < 0.75 })
    #expect(audit.warnings().map(\.kind) == [.together])
  }

  @Test func `whether there is a value is a variable of its own`() throws {
    let items = Tables.items(groups: 10, items: 1)
    let numbers = Tables.numbers(items, shift: 0, seed: 1)
    let quality = zip(items, numbers).map { $0.label == .real ? $1 : nil }
    let table = try ShortcutTable(
      items, [ShortcutVariable("yaw", .numbers(quality)), ShortcutVariable("pitch", .numbers(quality))])
    let audit = try ShortcutAudit(table)
    #expect(audit.variables[0].name == "has pitch, yaw" && audit.variables[0].kind == .presence)
    #expect(audit.variables[0].areaUnderCurve == 1)
    #expect(audit.variables[1].areaUnderCurve == nil, "a class without values has no area")
    #expect(audit.variables[1].bits > 0.8)
    #expect(audit.variables.map(\.fakeGroups) == [10, 0, 0])
  }

  @Test func `too few groups give no interval, and no gate; one class gives no area`() throws {
    let items = Tables.items(groups: 5, items: 4)
    let table = try ShortcutTable(
      items, [ShortcutVariable("width", .numbers(items.map { $0.label == .real ? 942 : 944 }))])
    let audit = try ShortcutAudit(table)
    #expect(audit.variables[0].areaUnderCurve == 1 && audit.variables[0].interval == nil)
    #expect(audit.warnings().isEmpty && audit.remarks.contains { $0.contains("no intervals") })
    #expect(audit.doubts().map(\.name) == ["width"])
    let reals = items.filter { $0.label == .real }
    let one = try ShortcutAudit(try ShortcutTable(reals, [ShortcutVariable("width", .numbers(reals.map { _ in 1 }))]))
    #expect(one.variables.isEmpty && one.together == nil && one.remarks.contains { $0.contains("all are real") })
    let empty = try ShortcutAudit(try ShortcutTable([], []))
    #expect(empty.remarks.contains { $0.contains("nothing was found") })
    let pair = Tables.items(groups: 1, items: 2)
    let single = try ShortcutAudit(
      try ShortcutTable(pair, [ShortcutVariable("type", .categories(["a", "a", "b", "b"]))]))
    #expect(single.variables[0].areaUnderCurve == nil && single.together == nil)
  }

  @Test func `the order of items changes nothing`() throws {
    var items = Tables.items(groups: 12, items: 3)
    func audit() throws -> ShortcutAudit {
      try ShortcutAudit(
        try ShortcutTable(
          items,
          [
            ShortcutVariable("x", .numbers(Tables.numbers(items, shift: 1, seed: 2))),
            ShortcutVariable("c", .categories(Tables.categories(items, ["a", "b"], seed: 2))),
          ]), seed: 9)
    }
    let first = try audit()
    var random = KeyedRandom(seed: 1, key: "order", stage: "test")
    random.shuffle(&items)
    #expect(try audit() == first)
  }

  @Test func `folds tear no group, and have both classes`() throws {
    for mixed in [false, true] {
      let table = try ShortcutTable(Tables.items(groups: 13, items: 3, mixed: mixed), [])
      let folds = try #require(GroupFolds(table, seed: 4))
      #expect(folds.count == 5)
      for range in table.groups { #expect(Set(range.map { folds.foldOfItem[$0] }).count == 1) }
      for fold in 0..<5 {
        let labels = Set(table.items.indices.filter { folds.foldOfItem[$0] == fold }.map { table.items[$0].label })
        #expect(labels.count == 2)
      }
    }
  }

  @Test func `a table that cannot be right is refused`() throws {
    let item = ShortcutTable.Item(key: "a", group: "g", label: .real)
    #expect {
      try ShortcutTable([item, item], [])
    } throws: { ($0 as? ShortcutsError)?.code == .duplicateKey }
    #expect {
      try ShortcutTable([item], [ShortcutVariable("x", .numbers([]))])
    } throws: { ($0 as? ShortcutsError)?.code == .countMismatch }
  }
}

/// How often noise is taken for a shortcut.
@Suite struct FalseWarningTests {
  private struct Rates {
    var variables = 0
    var covered = 0
    var warned = 0
    var together = 0
    var togetherCovered = 0
    var togetherWarned = 0
  }

  private func rates(groups: Int, mixed: Bool, seeds: Range<UInt64>) throws -> Rates {
    var rates = Rates()
    for seed in seeds {
      let items = Tables.items(groups: groups, items: 2, mixed: mixed)
      let variables =
        (0..<4).map {
          ShortcutVariable("x\($0)", .numbers(Tables.numbers(items, shift: 0, seed: seed, name: "x\($0)")))
        }
        + [ShortcutVariable("c", .categories(Tables.categories(items, ["a", "b", "c"], seed: seed)))]
      let audit = try ShortcutAudit(try ShortcutTable(items, variables), seed: seed, replicates: 100)
      for found in audit.variables {
        guard let interval = found.interval else { continue }
        rates.variables += 1
        rates.covered += interval.low <= 0.5 && interval.high >= 0.5 ? 1 : 0
        rates.warned += found.exceeds(ShortcutAudit.warningLimit) ? 1 : 0
      }
      if let together = audit.together, let interval = together.interval {
        rates.together += 1
        rates.togetherCovered += interval.low <= 0.5 && interval.high >= 0.5 ? 1 : 0
        rates.togetherWarned += together.exceeds(ShortcutAudit.warningLimit) ? 1 : 0
      }
    }
    return rates
  }

  @Test(arguments: [6, 12, 40], [false, true]) func `noise is hardly ever warned of`(groups: Int, mixed: Bool) throws {
    let seeds: Range<UInt64> = 0..<60
    let rates = try rates(groups: groups, mixed: mixed, seeds: seeds)
    #expect(rates.variables >= 200)
    #expect(Double(rates.warned) <= 0.025 * Double(rates.variables), "\(rates)")
    #expect(Double(rates.covered) >= 0.93 * Double(rates.variables), "\(rates)")
    #expect(Double(rates.togetherWarned) <= 0.05 * Double(rates.together), "\(rates)")
    #expect(Double(rates.togetherCovered) >= 0.88 * Double(rates.together), "\(rates)")
  }
}
