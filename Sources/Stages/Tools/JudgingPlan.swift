internal import Engine
internal import Foundation
internal import Records
internal import Sharding

/// Which models judge which shards, and what is refused.
struct JudgingPlan {
  /// Shards that the same models judge.
  struct Part {
    var shards: [ShardReader]
    var asked: [Int]
    /// `nil` where all are asked.
    var fold: Int?
  }

  private(set) var parts: [Part] = []
  private(set) var notes: [String] = []
  /// Samples of other roles have no part in any measure.
  let judgedRoles: Set<Role> = [.train, .test]
  private var heldOut: [String] = []

  private static let mostNamed = 4

  /// - Throws: ``ToolError`` with status 64 where a model would be judged on what it was trained on.
  init(_ selection: ShardSelection, _ mixture: Mixture, outOfFold: Bool) throws {
    let urls = selection.own.map(\.url)
    let records = try mixture.indices.map {
      try TrainingRecord.find(mixture.models[$0], at: mixture.paths[$0], besides: urls)
    }
    let unknown = records.indices.filter { records[$0] == nil }.map { mixture.paths[$0] }
    if !unknown.isEmpty {
      notes.append("nobody can tell whether \(Self.list(unknown)) was trained on any of this: its run is not here")
    }
    if !selection.foreign.isEmpty {
      notes.append(
        "whether a model was trained on pictures of \(Self.list(selection.foreign.map(\.lastPathComponent))) is not known"
      )
    }
    var (seen, passed): ([String], [String]) = ([], [])
    for (url, shard) in selection.own {
      let sources = Set(shard.entries.map(\.source))
      let trainers = records.indices.filter { records[$0].map { !$0.sources.isDisjoint(with: sources) } ?? false }
      let isHeldOut = try Self.isHeldOut(shard)
      if isHeldOut { heldOut.append(url.lastPathComponent) }
      noteRelatives(shard, url, records)
      try noteRecipe(shard, url, mixture)
      if outOfFold {
        let name = TrainingRecord.name(url)
        let validators = records.indices.filter { records[$0]?.validation.contains(name) ?? false }
        if let first = validators.first, trainers.allSatisfy({ !validators.contains($0) }) {
          add(shard, validators, fold: records[first]?.fold)
        } else if isHeldOut, trainers.isEmpty {
          add(shard, Array(mixture.indices), fold: nil)
        } else {
          passed.append(url.lastPathComponent)
        }
      } else if trainers.isEmpty {
        add(shard, Array(mixture.indices), fold: nil)
      } else {
        seen.append("\(url.lastPathComponent) (\(Self.list(trainers.map { mixture.paths[$0] })))")
      }
    }
    guard seen.isEmpty else { throw Self.refusal(seen, models: mixture.models.count) }
    if !passed.isEmpty {
      notes.append("no model's fold validates on \(Self.list(passed)), and it is not held out: not judged")
    }
  }

  private mutating func add(_ shard: ShardReader, _ asked: [Int], fold: Int?) {
    if let place = parts.firstIndex(where: { $0.asked == asked && $0.fold == fold }) {
      parts[place].shards.append(shard)
    } else {
      parts.append(Part(shards: [shard], asked: asked, fold: fold))
    }
  }

  /// A person or original that a model knows makes its score better than it is.
  private mutating func noteRelatives(_ shard: ShardReader, _ url: URL, _ records: [TrainingRecord?]) {
    let groups = Set(shard.entries.map { $0.group ?? $0.family })
    let known = Set(records.compactMap { $0?.groups.intersection(groups) }.joined())
    let sources = Set(records.compactMap { $0?.sources }.joined())
    guard !known.isEmpty, shard.entries.allSatisfy({ !sources.contains($0.source) }) else { return }
    notes.append("\(url.lastPathComponent): \(known.count) of its groups are in the training of a model")
  }

  /// A model sees what it was not trained to see, where crops were cut otherwise.
  private mutating func noteRecipe(_ shard: ShardReader, _ url: URL, _ mixture: Mixture) throws {
    guard let recipe = shard.recipe else { return }
    let others = try mixture.indices.filter { try mixture.recipe(of: $0) != recipe }.map { mixture.paths[$0] }
    guard !others.isEmpty else { return }
    notes.append(
      "\(url.lastPathComponent) was cut by another recipe than the training data of \(Self.list(others)): "
        + "`dfprep inspect` shows both")
  }

  private static func isHeldOut(_ shard: ShardReader) throws -> Bool {
    guard !shard.entries.isEmpty else { return false }
    return try shard.sample(at: 0).role == .test
  }

  private static func refusal(_ seen: [String], models: Int) -> ToolError {
    let what =
      models == 1
      ? "the model was trained on these shards, and its AUC there would say how well it remembers them"
      : "a mixture's AUC on its own training pool is refused: models that were trained on a shard would answer for those that were not"
    return ToolError(
      .usage,
      "\(what): \(list(seen)). Give held-out shards (test-*.tar), or --out-of-fold, which has each shard judged by the "
        + "model whose fold validates on it")
  }

  /// - Throws: ``ToolError`` with status 64 where anything to be chosen on is held out, or may be.
  func requireValidation(isDeclared: Bool, hasForeign: Bool) throws {
    let why = "A number that was chosen on held-out data is no longer a number about unseen data"
    guard heldOut.isEmpty else {
      throw ToolError(
        .usage,
        "a threshold or model cannot be chosen on held-out shards: \(Self.list(heldOut)). \(why); choose on a fold's "
          + "validation shards, then give the threshold as a number, or the model alone")
    }
    guard !hasForeign || isDeclared else {
      throw ToolError(
        .usage,
        "nothing says whether these shards are held out, so no threshold or model is chosen on them. \(why); "
          + "if they are for validation, say so with --validation")
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(mostNamed).joined(separator: ", ")
      + (names.count > mostNamed ? " and \(names.count - mostNamed) more" : "")
  }
}
