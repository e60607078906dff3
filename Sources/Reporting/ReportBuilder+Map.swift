private import Foundation
private import Records

/// The map of all samples: for a browser with script one to move in, for all others and for paper a plot.
extension ReportBuilder {
  private typealias Map = ReportModel.SampleMap

  var hasExplorer: Bool { library != nil && !(model.map?.keys.isEmpty ?? true) }

  var map: Section? {
    get throws(ReportingError) {
      guard let map = model.map, let plane = map.planes.first, !map.keys.isEmpty else { return nil }
      let shown = Self.spread(Array(map.keys.indices), Report.mapPoints)
      var drawing = plot(
        "map", Self.scatter(map, plane, shown),
        "\(Self.part(shown.count, of: map.total)) samples by \(Format.printable(plane.name)). Colour and number: the "
          + "cluster; form: the label.", isWide: true)
      drawing.isStandIn = hasExplorer
      let remarks = [
        library == nil ? "\(ScriptLibrary.remedy), for a map to zoom into, search and filter." : nil,
        map.keys.count < map.total ? "The map holds \(Self.part(map.keys.count, of: map.total)) samples." : nil,
      ].compactMap(\.self)
      return section(
        "map", "Map",
        lead: "Every sample, where its features put it: what lies near is alike to the embedding.",
        hasExplorer ? Block(explorer: try explorer(map)) : nil, plots([drawing]),
        remarks.isEmpty ? nil : Block(remark: remarks.joined(separator: " ")))
    }
  }

  private func explorer(_ map: ReportModel.SampleMap) throws(ReportingError) -> ReportPage.Explorer {
    let payload = try MapPayload(map)
    return ReportPage.Explorer(
      header: payload.header, columns: payload.columns,
      sheets: map.sheets.map { ReportPage.Sheet(picture: $0.jpeg.base64EncodedString()) })
  }

  private static func scatter(
    _ map: ReportModel.SampleMap, _ plane: ReportModel.Plane, _ shown: [Int]
  ) -> String {
    let clusters = map.category(Map.cluster)
    let labels = map.category(Map.label)
    let marks = shown.compactMap { index -> SVGPlot.ScatterPoint? in
      guard let place = plane.place(index) else { return nil }
      let cluster = clusters?.codes[index] ?? 0
      let label = labels.flatMap { $0.codes[index] < 0 ? nil : $0.values[$0.codes[index]] } ?? "unlabelled"
      return SVGPlot.ScatterPoint(
        x: place.x, y: place.y, series: cluster, shape: label == Label.fake.name ? .triangle : .circle,
        title: "\(map.keys[index])\ncluster \(clusters?.name(of: index) ?? "unknown"), \(label)")
    }
    func axis(_ number: Int) -> PlotAxis {
      PlotAxis(number < plane.axes.count ? plane.axes[number] : "\(plane.name) \(number + 1)", showsTicks: false)
    }
    return SVGPlot.scatter(
      marks, shapes: [(.circle, "real"), (.triangle, "fake")], notes: centres(clusters, plane, shown), x: axis(0),
      y: axis(1), size: SVGPlot.Size(width: 720, height: 500), summary: "Map of the samples, coloured by cluster")
  }

  /// The number of each cluster at the median of its points, x and y each for itself.
  private static func centres(
    _ clusters: ReportModel.Category?, _ plane: ReportModel.Plane, _ shown: [Int]
  ) -> [SVGPlot.Note] {
    guard let clusters else { return [] }
    return Dictionary(grouping: shown.filter { clusters.codes[$0] >= 0 }) { clusters.codes[$0] }
      .sorted { $0.key < $1.key }
      .compactMap { code, members in
        let places = members.compactMap(plane.place)
        guard !places.isEmpty else { return nil }
        return SVGPlot.Note(
          x: places.map(\.x).sorted()[places.count / 2], y: places.map(\.y).sorted()[places.count / 2],
          text: clusters.values[code])
      }
  }

  /// At most `limit` of the elements, evenly over their order.
  static func spread<Element>(_ elements: [Element], _ limit: Int) -> [Element] {
    guard elements.count > limit else { return elements }
    return (0..<limit).map { elements[$0 * elements.count / limit] }
  }

  private static func part(_ count: Int, of total: Int) -> String {
    count < total ? "\(Format.count(count)) of \(Format.count(total))" : "All \(Format.count(total))"
  }
}

extension ReportModel.Category {
  fileprivate func name(of index: Int) -> String? { codes[index] < 0 ? nil : values[codes[index]] }
}
