private import Foundation
internal import Records

/// Draws whole groups with replacement and measures every variable anew: reals-only, fakes-only and mixed groups each
/// among themselves, so that no draw lacks a class.
struct GroupBootstrap {
  let table: ShortcutTable
  let replicates: Int
  let seed: UInt64

  /// What the draws gave for one variable.
  struct Draws {
    var areas: [Double] = []
    var information: [Double] = []
  }

  func draws(_ variables: [LevelledVariable]) -> [Draws] {
    let groups = table.groups
    let kinds = GroupKind.allCases.map { kind in
      groups.indices.filter { GroupKind(of: table.items[groups[$0]]) == kind }
    }
    // Each replicate draws for itself, so that cores may share them.
    let measured = ParallelBlocks.map(of: 8, in: replicates) { block in
      block.map { replicate -> [(area: Double?, information: Double)] in
        var random = KeyedRandom(seed: seed, key: String(replicate), stage: "shortcut-bootstrap")
        var weights = [Int32](repeating: 0, count: groups.count)
        for members in kinds {
          for _ in members { weights[members[random.integer(below: members.count)]] += 1 }
        }
        return variables.map { variable in
          let counts = Self.counts(variable, groupStarts: table.groupStarts, weights: weights)
          return (variable.areaUnderCurve(counts), variable.information(counts))
        }
      }
    }.flatMap(\.self)
    return variables.indices.map { index in
      Draws(areas: measured.compactMap { $0[index].area }, information: measured.map { $0[index].information })
    }
  }

  /// Items of each cell, each counted as often as its group was drawn.
  static func counts(_ variable: LevelledVariable, groupStarts: [Int], weights: [Int32]) -> [Int32] {
    var counts = [Int32](repeating: 0, count: variable.cellCount)
    counts.withUnsafeMutableBufferPointer { counts in
      variable.cellOfItem.withUnsafeBufferPointer { cells in
        for (group, weight) in weights.enumerated() where weight > 0 {
          for item in groupStarts[group]..<groupStarts[group + 1] { counts[Int(cells[item])] &+= weight }
        }
      }
    }
    return counts
  }
}
