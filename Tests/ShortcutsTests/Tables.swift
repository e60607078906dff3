import Records
import Shortcuts

@testable import Shortcuts

/// Tables made by formulas.
enum Tables {
  /// `groups` groups per class, or mixed ones, each with `items` items of each of its classes.
  static func items(groups: Int, items: Int, mixed: Bool = false) -> [ShortcutTable.Item] {
    (0..<groups).flatMap { group in
      Label.allCases.flatMap { label in
        (0..<items).map {
          ShortcutTable.Item(
            key: "\(group)/\(label.name)/\($0)", group: mixed ? "\(group)" : "\(group)-\(label.name)", label: label)
        }
      }
    }
  }

  /// Normal numbers, those of fakes higher by `shift` deviations, that know nothing else; items of one group and class
  /// have one value.
  static func numbers(_ items: [ShortcutTable.Item], shift: Double, seed: UInt64, name: String = "x") -> [Double?] {
    var known: [String: Double] = [:]
    return items.map { item in
      let block = "\(item.group) \(item.label.name)"
      if let value = known[block] { return value }
      var random = KeyedRandom(seed: seed, key: block, stage: name)
      let value = random.normal() + (item.label == .fake ? shift : 0)
      known[block] = value
      return value
    }
  }

  /// One of `names` for each group and class, drawn without regard to the label.
  static func categories(_ items: [ShortcutTable.Item], _ names: [String], seed: UInt64) -> [String?] {
    items.map { item in
      var random = KeyedRandom(seed: seed, key: "\(item.group) \(item.label.name)", stage: "category")
      return names[random.integer(below: names.count)]
    }
  }
}
