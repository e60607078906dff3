private import Dispatch
internal import Records
private import Synchronization

/// How intervals are drawn.
package struct BootstrapOptions: Hashable, Sendable {
  /// Draws of groups.
  package var draws: Int
  package var seed: UInt64
  /// Never changes a result.
  package var threads: Int

  package init(draws: Int = 1000, seed: UInt64 = 0, threads: Int) {
    self.draws = draws
    self.seed = seed
    self.threads = threads
  }
}

/// Draws of whole groups with replacement: items of one group repeat each other.
///
/// Groups that hold the same kinds of items (class, and cell where a measure has several) are drawn among themselves, so
/// that every draw has as many groups of a kind as there are.
///
/// Source: Davison and Hinkley 1997, Bootstrap methods and their application, stratified and cluster resampling.
struct GroupDraws: Sendable {
  /// Kinds of group with fewer members than this are drawn together: one group alone would be in every draw.
  private static let fewestOfKind = 3

  private let groupOfItem: [Int]
  private let strata: [[Int]]
  private let groupCount: Int
  private let options: BootstrapOptions

  /// - Parameters:
  ///   - groups: of each item.
  ///   - kinds: of each item, such as its class.
  init(groups: [String], kinds: [Int], options: BootstrapOptions) {
    let names = Set(groups).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    groupOfItem = groups.map { places[$0] ?? 0 }
    groupCount = names.count
    self.options = options
    var kindsOfGroup = [Set<Int>](repeating: [], count: names.count)
    for (group, kind) in zip(groupOfItem, kinds) { kindsOfGroup[group].insert(kind) }
    let alike = Dictionary(grouping: names.indices) { kindsOfGroup[$0].sorted() }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    let few = alike.filter { $0.count < Self.fewestOfKind }.joined().sorted()
    strata = alike.filter { $0.count >= Self.fewestOfKind } + (few.isEmpty ? [] : [few])
  }

  /// Columns of what `measure` finds in every draw; a draw in which a value is undefined has none of it.
  ///
  /// - Parameters:
  ///   - seeds: number of repetitions of each detector, which are drawn with replacement, too.
  ///   - measure: from how often each item is drawn, and which repetitions of each detector, to as many values always.
  func columns(
    seeds: [Int], measure: @escaping @Sendable (_ weights: [Int32], _ seeds: [[Int]]) -> [Double?]
  ) -> [[Double]] {
    let rows = Mutex([[Double?]](repeating: [], count: options.draws))
    let workers = max(1, min(options.threads, options.draws))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for draw in stride(from: worker, to: options.draws, by: workers) {
        var random = KeyedRandom(seed: options.seed, key: String(draw), stage: "evaluation-bootstrap")
        let weights = weights(&random)
        let drawn = seeds.map { count in (0..<count).map { _ in count == 1 ? 0 : random.integer(below: count) } }
        let values = measure(weights, drawn)
        rows.withLock { $0[draw] = values }
      }
    }
    let all = rows.withLock { $0 }
    return (0..<(all.first?.count ?? 0)).map { column in all.compactMap { $0[column] } }
  }

  private func weights(_ random: inout KeyedRandom) -> [Int32] {
    var ofGroup = [Int32](repeating: 0, count: groupCount)
    for members in strata {
      for _ in members { ofGroup[members[random.integer(below: members.count)]] += 1 }
    }
    return groupOfItem.map { ofGroup[$0] }
  }
}
