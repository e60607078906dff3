private import Records

/// Sections on the clusters.
extension ReportBuilder {
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
    let cards = model.clusters.map { cluster in
      ReportPage.Card(
        cardTitle: "Cluster \(cluster.index)",
        cardText: Format.counts([
          .init(name: "real", count: cluster.real), .init(name: "fake", count: cluster.fake),
        ]),
        fakePercent: Format.decimal(cluster.size == 0 ? 0 : 100 * Double(cluster.fake) / Double(cluster.size), 1),
        methods: cluster.topMethods.isEmpty
          ? nil : Format.printable("Most frequent methods: \(Format.counts(cluster.topMethods))"),
        images: images(cluster.montage))
    }
    let leftOut = picturesLeftOut
    return section(
      "clusters", "Clusters",
      lead:
        "Samples that look alike to the embedding. Where a cluster holds one label only, look for what gives it away.",
      plots([plot(composition, "Samples of each cluster by label.", isWide: true)]), agreement,
      Block(gallery: cards),
      leftOut == 0
        ? nil
        : Block(
          remark:
            "\(Format.count(leftOut)) pictures were left out: a page carries "
            + "\(Report.pictureBytes / 1_000_000) MB of them."
        ))
  }

  private var agreement: Block? {
    table(
      ["Attribute", "#Normalised mutual information with the clusters"], isNarrow: true,
      model.agreements.map { [.text($0.attribute), .number(Format.decimal($0.value, 3))] })
  }

  var map: Section? {
    guard let map = model.clusterMap, !map.points.isEmpty else { return nil }
    let points = Self.thinned(map.points, to: Report.mapPoints)
    let marks = points.map { point in
      SVGPlot.ScatterPoint(
        x: point.x, y: point.y, series: point.cluster, shape: point.label == .real ? .circle : .triangle,
        title: "\(point.key)\ncluster \(point.cluster), \(point.label.name)",
        picture: point.picture.flatMap { carries(picture: $0) ? $0 : nil })
    }
    func axis(_ number: Int) -> PlotAxis {
      let share =
        number < map.explainedVariance.count
        ? " (\(Format.percent(map.explainedVariance[number])) of the variance)" : ""
      return PlotAxis("\(map.method) \(number + 1)\(share)", showsTicks: false)
    }
    let drawing = SVGPlot.scatter(
      marks, shapes: [(.circle, "real"), (.triangle, "fake")], notes: Self.centres(of: points), x: axis(0), y: axis(1),
      size: SVGPlot.Size(width: 720, height: 500), summary: "Map of the samples, coloured by cluster")
    let total = Format.count(map.points.count)
    let shown = points.count < map.points.count ? "\(Format.count(points.count)) of \(total)" : "All \(total)"
    return section(
      "map", "Map",
      plots([
        plot(
          drawing,
          "\(shown) samples. Colour and number: the cluster; form: the label. Pointing at a mark shows its key.",
          isWide: true)
      ]))
  }

  var clusterCount: Section? {
    guard let counts = model.clusterCounts, !counts.candidates.isEmpty else { return nil }
    let rows = counts.candidates.map { candidate in
      [
        Cell.number(candidate.k), .number(Format.decimal(candidate.score, 4)),
        .number(Format.large(candidate.inertia)), candidate.k == counts.chosen ? .good("\u{2713} chosen") : .text(""),
      ]
    }
    let score = Format.printable(counts.scoreName)
    let size = SVGPlot.Size(width: 460, height: 300)
    func sweep(_ name: String, _ values: [(x: Double, y: Double)]) -> ReportPage.Plot {
      plot(
        SVGPlot.lines(
          [SVGPlot.Series("", points: values)], x: PlotAxis("k", isInteger: true), y: PlotAxis(name),
          marked: Double(counts.chosen), size: size, summary: "\(name) by number of clusters"),
        "\(name.prefix(1).uppercased() + name.dropFirst()) by the number of clusters; broken line: the one taken."
      )
    }
    let inertia = counts.candidates.compactMap { candidate in candidate.inertia.map { (x: Double(candidate.k), y: $0) }
    }
    let scores = counts.candidates.map { (x: Double($0.k), y: $0.score) }
    return section(
      "k", "Number of clusters",
      plots([sweep(score, scores)] + (inertia.isEmpty ? [] : [sweep("inertia", inertia)])),
      table(["#k", "#\(score)", "#Inertia", ""], isNarrow: true, rows))
  }

  /// At most `limit` of the points, evenly over their order.
  private static func thinned(_ points: [ReportModel.MapPoint], to limit: Int) -> [ReportModel.MapPoint] {
    guard points.count > limit else { return points }
    return (0..<limit).map { points[$0 * points.count / limit] }
  }

  /// The number of each cluster at the mean of its points.
  private static func centres(of points: [ReportModel.MapPoint]) -> [SVGPlot.Note] {
    Dictionary(grouping: points.filter { $0.x.isFinite && $0.y.isFinite }, by: \.cluster)
      .sorted { $0.key < $1.key }
      .map { cluster, members in
        let count = Double(members.count)
        return SVGPlot.Note(
          x: members.reduce(0) { $0 + $1.x } / count, y: members.reduce(0) { $0 + $1.y } / count, text: String(cluster))
      }
  }
}
