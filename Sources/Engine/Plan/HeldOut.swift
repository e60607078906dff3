package import Records

/// Gives every source its role: what is held out is carved out here, before anything is fitted.
struct HeldOut {
  private let roles: [String: Role]
  private let holdOut: PipelineSpec.HoldOut
  private let seed: UInt64

  init(_ pipeline: PipelineSpec) {
    roles = Dictionary(pipeline.datasets.map { ($0.name, $0.role) }, uniquingKeysWith: { first, _ in first })
    holdOut = pipeline.holdOut
    seed = pipeline.seed
  }

  /// The families of `sources`, by name, with roles.
  ///
  /// A family is never divided: an original or fake of the test takes its family along. Where a method is held out, a
  /// family none of whose fakes may be trained on becomes test; in one with others, fakes of that method are left out.
  func families(of sources: [Source]) -> [Family] {
    var families = Family.families(of: sources)
    for family in families.indices {
      for source in families[family].sources.indices {
        families[family].sources[source].role = role(of: families[family].sources[source])
      }
      divide(&families[family])
    }
    return holdOut.unlabelled.map { UnlabelledHalf($0, seed: seed).applied(to: families) } ?? families
  }

  private func role(of source: Source) -> Role {
    let role = roles[source.dataset] ?? .train
    guard role == .train else { return role }
    let isHeldOut =
      holdOut.officialTest && source.officialSplit == "test" || holdOut.datasets.contains(source.dataset)
      || source.domain.map(holdOut.domains.contains) ?? false
    return isHeldOut ? .test : .train
  }

  private func divide(_ family: inout Family) {
    func isHeldOut(_ source: Source) -> Bool {
      source.role == .train && source.label == .fake && source.method.map(holdOut.methods.contains) ?? false
    }
    let held = family.sources.indices.filter { isHeldOut(family.sources[$0]) }
    let fakes = family.sources.count { $0.label == .fake }
    if family.sources.contains(where: { $0.role == .test }) || !held.isEmpty && held.count == fakes {
      for index in family.sources.indices { family.sources[index].role = .test }
    } else {
      for index in held { family.sources[index].role = .leftOut }
    }
  }

  /// - Throws: ``ToolError`` with status 78 for a domain or method that no source is of.
  func check(_ sources: [Source]) throws {
    let known: [(what: String, asked: [String], there: Set<String>)] = [
      ("domain", holdOut.domains, Set(sources.compactMap(\.domain))),
      (
        "method", holdOut.methods + (holdOut.unlabelled?.methods ?? []),
        Set(sources.filter { $0.label == .fake }.compactMap(\.method))
      ),
    ]
    for (what, asked, there) in known {
      for name in asked where !there.contains(name) {
        let near = nearestName(to: name, among: there.sorted()).map { "; did you mean '\($0)'?" }
        let list = there.isEmpty ? "none is named" : "there are: \(there.sorted().joined(separator: ", "))"
        throw ToolError(
          .badConfiguration, "`hold-out` names \(what) '\(name)', of which there is no source\(near ?? "; \(list)")")
      }
    }
  }
}

/// How many sources of a dataset have a role.
package struct RoleCount: Codable, Hashable, Sendable {
  package var dataset: String
  package var role: Role
  package var families: Int
  package var reals: Int
  package var fakes: Int

  package var roleName: String { role.rawValue }
  package var isHeldOut: Bool { role != .train }

  /// Counts by dataset and role, in order.
  package static func all(of families: [Family]) -> [RoleCount] {
    var counts: [[String]: RoleCount] = [:]
    for family in families {
      for (role, sources) in Dictionary(grouping: family.sources, by: \.role) {
        let dataset = sources[0].dataset
        var count =
          counts[[dataset, role.rawValue]]
          ?? RoleCount(dataset: dataset, role: role, families: 0, reals: 0, fakes: 0)
        count.families += 1
        count.reals += sources.count { $0.label == .real }
        count.fakes += sources.count { $0.label == .fake }
        counts[[dataset, role.rawValue]] = count
      }
    }
    return counts.values.sorted {
      ($0.dataset, order($0.role)) < ($1.dataset, order($1.role))
    }
  }

  private static func order(_ role: Role) -> Int { Role.allCases.firstIndex(of: role) ?? 0 }

  /// In words: `celeb-df-v2: 178 real and 340 fake sources are test`.
  package var text: String { "\(dataset): \(reals) real and \(fakes) fake sources are \(role.rawValue)" }
}
