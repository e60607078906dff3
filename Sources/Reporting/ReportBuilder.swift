private import Foundation
private import Records

/// Decides what the page says about a model, section by section, in reading order.
struct ReportBuilder {
  typealias Section = ReportPage.Section
  typealias Block = ReportPage.Block
  typealias Cell = ReportPage.Cell
  typealias Row = ReportPage.Row

  let model: ReportModel
  let library: ScriptLibrary?
  /// Which pictures fit; see ``Report/pictureBytes``.
  private let embedded: Set<Int>

  init(_ model: ReportModel, library: ScriptLibrary?) {
    self.model = model
    self.library = library
    embedded = Self.choosePictures(model)
  }

  func page() throws(ReportingError) -> ReportPage {
    let sections =
      [try map, clusters, clusterCount, splits, folds, leaks, evaluation, training] + shortcuts
      + [likenesses, sources, stages, drops, losses, made, pipeline]
    let scripts = hasExplorer ? [library?.script, PageScript.explorer].compactMap(\.self) : []
    return ReportPage(
      title: Format.printable(model.title), kind: "Data set report", pipeline: Format.printable(model.pipeline),
      caveat: model.caveat.map(Format.printable), generatedBy: Format.printable(model.generatedBy),
      numerics: model.numerics.map(Format.printable), warnings: (model.warnings + ownWarnings).map(Format.printable),
      figures: keyFigures, sections: sections.compactMap(\.self), policy: PageScript.policy(scripts),
      scripts: scripts.map(ReportPage.Script.init))
  }

  /// What the model's own numbers give away.
  private var ownWarnings: [String] {
    model.stages.filter { $0.unaccounted != 0 }.map {
      "Stage \($0.id) does not add up: \(Format.count(abs($0.unaccounted))) \($0.unit) "
        + ($0.unaccounted > 0 ? "came in and ended nowhere." : "more ended than came in.")
    }
  }

  private var keyFigures: [ReportPage.KeyFigure] {
    var figures: [ReportPage.KeyFigure] = []
    func add(_ value: Int, _ name: String) {
      if value > 0 { figures.append(ReportPage.KeyFigure(value: Format.count(value), name: name)) }
    }
    add(model.sources.reduce(0) { $0 + $1.sources }, "sources")
    add(model.sources.filter { $0.label == .real }.reduce(0) { $0 + $1.samples }, "real samples")
    add(model.sources.filter { $0.label == .fake }.reduce(0) { $0 + $1.samples }, "fake samples")
    add(model.clusters.count, "clusters")
    add(model.folds.count, "folds")
    let areas = model.evaluation.compactMap(\.videoAUC?.value)
    if !areas.isEmpty {
      let mean = areas.reduce(0, +) / Double(areas.count)
      figures.append(ReportPage.KeyFigure(value: Format.decimal(mean, 3), name: "mean video AUC"))
    }
    return figures
  }

  /// A section, or `nil` when none of its blocks says anything.
  func section(_ anchor: String, _ heading: String, lead: String? = nil, _ blocks: Block?...) -> Section? {
    section(anchor, heading, lead: lead, blocks)
  }

  func section(_ anchor: String, _ heading: String, lead: String? = nil, _ blocks: [Block?]) -> Section? {
    let blocks = blocks.compactMap(\.self)
    return blocks.isEmpty ? nil : Section(anchor: anchor, heading: heading, lead: lead, blocks: blocks)
  }

  /// A table, or `nil` when it has no rows; a heading that starts with `#` stands over numbers.
  func table(_ headings: [String], isNarrow: Bool = false, _ rows: [[Cell]], note: String? = nil) -> Block? {
    guard !rows.isEmpty else { return nil }
    let cells = headings.map {
      $0.hasPrefix("#") ? Cell.number(Format.printable(String($0.dropFirst()))) : Cell.text($0)
    }
    return Block(
      table: ReportPage.Table(isNarrow: isNarrow, headings: cells, rows: rows.map(Row.init), tableNote: note))
  }

  func plots(_ plots: [ReportPage.Plot]) -> Block? {
    plots.isEmpty ? nil : Block(plots: ReportPage.Plots(drawings: plots))
  }

  /// - Parameter file: the plot's own name: letters, digits and hyphens, made of the text given.
  func plot(_ file: String, _ drawing: String, _ caption: String, isWide: Bool = false) -> ReportPage.Plot {
    let name = file.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
    return ReportPage.Plot(file: name, drawing: drawing, caption: caption, isWide: isWide)
  }

  /// The pictures at `indices` that the page carries.
  func images(_ indices: [Int]) -> [ReportPage.Image] {
    indices.filter(embedded.contains).map { ReportPage.Image(model.pictures[$0]) }
  }

  /// How many pictures the byte budget kept out.
  var picturesLeftOut: Int {
    Set(Self.pictureOrder(model)).count - embedded.count
  }

  /// Pictures in the order that they are of use: made samples, links that cross, then the first of every cluster, then the second ...
  private static func pictureOrder(_ model: ReportModel) -> [Int] {
    let rounds = model.clusters.map { max($0.nearest.count, $0.farthest.count) }.max() ?? 0
    let montages = (0..<rounds).flatMap { round in
      model.clusters.flatMap { cluster in [cluster.nearest, cluster.farthest].compactMap { $0.dropFirst(round).first } }
    }
    let all =
      model.made.flatMap { $0.parents + [$0.made] } + model.crossings.flatMap { $0.sides.flatMap(\.pictures) }
      + model.likenesses.flatMap { $0.weakest.flatMap { [$0.first, $0.second] } }
      + montages
    return all.filter(model.pictures.indices.contains)
  }

  private static func choosePictures(_ model: ReportModel) -> Set<Int> {
    var chosen: Set<Int> = []
    var bytes = 0
    for index in pictureOrder(model) where !chosen.contains(index) {
      let size = model.pictures[index].jpeg.count
      guard bytes + size <= Report.pictureBytes else { break }
      bytes += size
      chosen.insert(index)
    }
    return chosen
  }
}
