private import Records

/// Sections on the clusters.
extension ReportBuilder {
  /// Most rows and columns of a table of clusters by something.
  private static let contingencyRows = 40
  private static let contingencyColumns = 10

  var clusters: Section? {
    guard !model.clusters.isEmpty else { return nil }
    let composition = SVGPlot.bars(
      model.clusters.map {
        SVGPlot.Bar("cluster \($0.index)", [Double($0.real), Double($0.fake)], note: Format.count($0.size))
      },
      parts: [
        SVGPlot.BarPart("real", colour: "real", shape: .circle),
        SVGPlot.BarPart("fake", colour: "fake", shape: .triangle),
      ],
      axis: PlotAxis("samples", isInteger: true), width: 720, summary: "Real and fake samples of each cluster")
    let leftOut = picturesLeftOut
    let blocks: [Block?] =
      [plots([plot("clusters", composition, "Samples of each cluster by label.", isWide: true)]), agreement]
      + contingencies
      + [
        unclustered,
        Block(gallery: model.clusters.map(card)),
        leftOut == 0
          ? nil
          : Block(
            remark: "\(Format.count(leftOut)) pictures were left out: a page carries "
              + "\(Format.decimal(Double(Report.pictureBytes) / 1_000_000, 1)) MB of them."),
      ]
    return section(
      "clusters", "Clusters",
      lead:
        "Samples that look alike to the embedding. Where a cluster holds one label only, look for what gives it away.",
      blocks)
  }

  private func card(_ cluster: ReportModel.Cluster) -> ReportPage.Card {
    let montages = [
      ReportPage.Montage(montageTitle: "Nearest its centre", images: images(cluster.nearest)),
      ReportPage.Montage(montageTitle: "Farthest from it", images: images(cluster.farthest)),
    ]
    return ReportPage.Card(
      cardTitle: "Cluster \(cluster.index)",
      cardText: Format.counts([
        .init(name: "real", count: cluster.real), .init(name: "fake", count: cluster.fake),
      ]),
      fakePercent: Format.decimal(cluster.size == 0 ? 0 : 100 * Double(cluster.fake) / Double(cluster.size), 1),
      methods: cluster.topMethods.isEmpty
        ? nil : Format.printable("Most frequent methods: \(Format.counts(cluster.topMethods))"),
      montages: montages.filter { !$0.images.isEmpty })
  }

  private var agreement: Block? {
    table(
      ["Attribute", "#Normalised mutual information with the clusters"], isNarrow: true,
      model.agreements.map { [.text($0.attribute), .number(Format.decimal($0.value, 3))] },
      note: "Of the training samples that were clustered. 0: the clusters say nothing of it; 1: they are it"
        + (model.agreements.contains { $0.value == nil } ? "; \u{2013}: all of them have it alike. " : ". ")
        + "Where it is the source, the clusters divide clips, not kinds of forgery.")
  }

  private var unclustered: Block? {
    guard model.unclusteredSamples > 0 else { return nil }
    return Block(
      remark:
        "\(Format.count(model.unclusteredSamples)) training samples were not clustered (\u{201C}classes: each\u{201D} "
        + "clusters the fakes alone): above they stand with the cluster nearest to them, below they are not shown.")
  }

  private var contingencies: [Block?] {
    let tables = model.contingencies.compactMap(contingency)
    return tables + [
      tables.isEmpty
        ? nil
        : Block(
          remark:
            "In small: share of the cluster \u{00B7} share of the column. The stronger the tint, the larger the share of the cluster."
        )
    ]
  }

  /// Clusters by the values of one thing: counts, and in small the shares of the row and of the column.
  private func contingency(_ table: ReportModel.Contingency) -> Block? {
    guard table.values.count > 1 else { return nil }
    let sums = table.values.indices.map { column in table.counts.reduce(0) { $0 + $1[column] } }
    let order = table.values.indices.sorted { (sums[$1], $0) < (sums[$0], $1) }
    let shown = order.prefix(Self.contingencyColumns).sorted()
    let others = Array(order.dropFirst(Self.contingencyColumns))
    let columns = shown.map { [$0] } + (others.isEmpty ? [] : [others])
    let rows = table.counts.enumerated().prefix(Self.contingencyRows).map { cluster, counts in
      let total = counts.reduce(0, +)
      return [Cell.text("cluster\u{00A0}\(cluster)")]
        + columns.map { members in
          Self.shares(
            members.reduce(0) { $0 + counts[$1] }, ofRow: total, ofColumn: members.reduce(0) { $0 + sums[$1] })
        } + [.number(total)]
    }
    let all = sums.reduce(0, +)
    let foot =
      [Cell.text("all")]
      + columns.map { members in Cell.number(members.reduce(0) { $0 + sums[$1] }) } + [.number(all)]
    let headings =
      ["By \(table.attribute)"] + shown.map { "#\(table.values[$0])" }
      + (others.isEmpty ? [] : ["#\(others.count) others"]) + ["#All"]
    let cut = table.counts.count - rows.count
    return self.table(
      headings, isNarrow: columns.count < 6, rows + (cut > 0 ? [] : [foot]),
      note: cut > 0 ? "\(Format.count(cut)) further clusters are in clusters.csv." : nil)
  }

  private static func shares(_ count: Int, ofRow row: Int, ofColumn column: Int) -> Cell {
    guard count > 0 else { return Cell.number("\u{2013}") }
    func percent(_ total: Int) -> String { Format.decimal(100 * Double(count) / Double(max(1, total)), 0) }
    return Cell(
      text: Format.count(count), style: "number tinted",
      share: "\(percent(row))\u{202F}% \u{00B7} \(percent(column))\u{202F}%",
      tint: "\(min(100, 100 * count / max(1, row)))")
  }

  var clusterCount: Section? {
    guard let counts = model.clusterCounts, !counts.candidates.isEmpty else { return nil }
    let all = counts.candidates
    let hasStability = all.contains { $0.stability != nil }
    let rows = all.map { candidate in
      [
        Cell.number(candidate.k),
        .number(Self.bounded(candidate.silhouette, candidate.silhouetteLow, candidate.silhouetteHigh)),
      ] + (hasStability ? [.number(Format.decimal(candidate.stability, 3))] : []) + [
        .number(Format.large(candidate.inertia)), candidate.k == counts.chosen ? .good("\u{2713} chosen") : .text(""),
      ]
    }
    typealias Point = (x: Double, y: Double)
    func sweep(
      _ name: String, axis: String, _ caption: String, _ values: [Point], band: [SVGPlot.Bound] = []
    ) -> ReportPage.Plot? {
      guard !values.isEmpty else { return nil }
      return plot(
        "k-\(name)",
        SVGPlot.lines(
          [SVGPlot.Series("", points: values, bounds: band)], x: PlotAxis("k, clusters", isInteger: true),
          y: PlotAxis(axis),
          marked: Double(counts.chosen), size: SVGPlot.Size(width: 460, height: 300),
          summary: "\(name) by number of clusters"),
        "\(caption) Broken line: the number taken.")
    }
    let bounds = all.compactMap { candidate in
      candidate.silhouetteLow.flatMap { low in
        candidate.silhouetteHigh.map { SVGPlot.Bound(x: Double(candidate.k), low: low, high: $0) }
      }
    }
    let sweeps = [
      sweep(
        "silhouette", axis: "mean silhouette, \u{2212}1 to 1",
        "Mean silhouette: how much nearer samples are to their own cluster than to the next."
          + (bounds.contains { $0.low < $0.high }
            ? " Bars: 95\u{202F}% intervals." : bounds.isEmpty ? "" : " Exact, of all samples."),
        all.compactMap { candidate in candidate.silhouette.map { (Double(candidate.k), $0) } }, band: bounds),
      sweep(
        "stability", axis: "mean adjusted Rand index",
        "Stability: agreement of fits from different seeds; 1 is the same.",
        all.compactMap { candidate in candidate.stability.map { (Double(candidate.k), $0) } }),
      sweep(
        "inertia", axis: "sum of squared distances",
        "Inertia: squared distances to the centres; it always falls, a bend tells.",
        all.map { (Double($0.k), $0.inertia) }),
    ]
    return section(
      "k", "Number of clusters",
      lead: counts.reason.map { Format.printable("\(counts.chosen): \($0).") }, plots(sweeps.compactMap(\.self)),
      table(
        ["#k", "#Silhouette"] + (hasStability ? ["#Stability"] : []) + ["#Inertia", ""], isNarrow: true, rows))
  }

  /// A number and its interval, where there is one.
  static func bounded(_ value: Double?, _ low: Double?, _ high: Double?) -> String {
    guard let low, let high, low < high, value != nil else { return Format.decimal(value, 3) }
    return "\(Format.decimal(value, 3)) (\(Format.decimal(low, 3)) to \(Format.decimal(high, 3)))"
  }
}
