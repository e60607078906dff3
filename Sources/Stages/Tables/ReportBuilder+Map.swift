internal import Engine
private import Foundation
internal import Records
private import Reporting
internal import Splitting

/// The map: where every sample lies, and what is known of it.
extension ReportBuilder {
  /// Most samples of the map; a page of them all would be too large to open.
  private static let mapSamples = 100_000
  /// Folds whose roles are columns of their own.
  private static let foldColumns = 12

  func addMap(_ all: [ClusterMember], product: Product) throws {
    let file = try FileSystem.readJSON(ClusterMap.self, from: product.file("map.json"))
    let members = chosen(all, from: file.x.count)
    mapMembers = members
    let samples = members.map(\.sample)
    var categories: [ReportModel.Category] = [
      .init(name: ReportModel.SampleMap.cluster, members.map { String($0.cluster) }),
      .init(name: ReportModel.SampleMap.label, samples.map(\.label.name)),
      .init(name: "method", members.map(\.method)),
      .init(name: "dataset", samples.map(\.dataset)),
      .init(name: "role", samples.map(\.role.rawValue)),
    ]
    categories += try foldCategories(members)
    categories += [
      .init(name: "made by", samples.map { $0.isMade ? $0.variant : nil }),
      .init(name: "official split", samples.map(\.officialSplit)),
      .init(name: "compression", samples.map(\.compression)),
      .init(name: "domain", samples.map(\.domain)),
      .init(name: "face from", samples.map(\.face.origin.rawValue)),
    ].filter { !$0.values.isEmpty && ($0.values.count > 1 || $0.codes.contains(-1)) }
    let quality = samples.map(\.quality)
    let measures: [ReportModel.Measure] = [
      .init(name: "from the centre", values: members.map(\.distance)),
      .init(name: "face pixels", unit: "px", values: quality.map(\.facePixels)),
      .init(name: "enlarged by", unit: "\u{D7}", values: quality.map(\.upscale)),
      .init(name: "sharpness", values: quality.map(\.sharpness)),
      .init(name: "fine detail", values: quality.map(\.fineDetail)),
      .init(name: "brightness", unit: "/\u{202F}255", values: quality.map(\.brightness)),
      .init(name: "contrast", unit: "/\u{202F}255", values: quality.map(\.contrast)),
      .init(name: "blockiness", values: quality.map(\.blockiness)),
      .init(name: "yaw", unit: "\u{B0}", values: quality.map(\.yawDegrees)),
      .init(name: "pitch", unit: "\u{B0}", values: quality.map(\.pitchDegrees)),
      .init(name: "roll", unit: "\u{B0}", values: quality.map(\.rollDegrees)),
      .init(name: "cut by the border", values: quality.map(\.cutFraction)),
      .init(name: "detector score", values: samples.map(\.face.score)),
      .init(name: "changed pixels", unit: "px", values: quality.map { $0.changedPixels.map(Double.init) }),
    ].filter { Set($0.values.compactMap(\.self)).count > 1 }
    model.map = ReportModel.SampleMap(
      keys: members.map(\.key), total: all.count, planes: file.planes(of: members.map(\.place)),
      categories: categories, measures: measures,
      sheets: withPictures ? try FaceSheets.make(members, seed: inputs.pipeline.seed) : [])
  }

  /// At most ``mapSamples`` of those that have a place, by draw where there are more; in key order.
  private func chosen(_ all: [ClusterMember], from places: Int) -> [ClusterMember] {
    let placed = all.filter { $0.place < places }
    guard placed.count > Self.mapSamples else { return placed }
    return placed.drawn(seed: inputs.pipeline.seed, stage: "map").prefix(Self.mapSamples).sorted { $0.key < $1.key }
  }

  /// Which fold validates on a sample, and what each of the first folds does with it.
  private func foldCategories(_ members: [ClusterMember]) throws -> [ReportModel.Category] {
    guard let product = inputs.product(.folds) else { return [] }
    let plan = try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json"))
    let cellOfKey = plan.cellOfKey
    let cells = members.map { cellOfKey[$0.key] ?? -1 }
    func category(_ name: String, _ texts: [String?]) -> ReportModel.Category {
      let values = ReportModel.Category(name: name, texts)
      return .init(name: name, values: values.values, codes: cells.map { $0 < 0 ? -1 : values.codes[$0] })
    }
    let validating = plan.cells.map { cell in
      plan.folds.first { $0.role(ofCell: cell.name) == .validation }.map { "fold \($0.index)" }
    }
    return [category("validated by", validating)]
      + plan.folds.prefix(Self.foldColumns).map { fold in
        category("fold \(fold.index)", plan.cells.map { fold.role(ofCell: $0.name).rawValue })
      }
  }
}

extension Collection where Element == ClusterMember {
  /// In an order drawn by key.
  func drawn(seed: UInt64, stage: String) -> [ClusterMember] {
    map { member -> (UInt64, ClusterMember) in
      var random = KeyedRandom(seed: seed, key: member.key, stage: stage)
      return (random.next(), member)
    }.sorted { ($0.0, $0.1.key) < ($1.0, $1.1.key) }.map(\.1)
  }
}

extension FoldPlan {
  /// Index of the cell of every sample, by key.
  var cellOfKey: [String: Int] {
    Dictionary(cells.enumerated().flatMap { index, cell in cell.keys.map { ($0, index) } }, uniquingKeysWith: { $1 })
  }
}

extension ClusterMap {
  /// The planes that the report shows, of the samples at some places.
  fileprivate func planes(of places: [Int]) -> [ReportModel.Plane] {
    func axis(_ number: Int) -> String {
      guard number < explained.count else { return "principal component \(number + 1)" }
      let share = (explained[number] * 1000).rounded() / 10
      return "principal component \(number + 1) (\(share)\u{202F}% of the variance)"
    }
    let components = ReportModel.Plane(
      name: "PCA", axes: [axis(0), axis(1)], x: places.map { x[$0] }, y: places.map { y[$0] })
    guard tsne.count == x.count else { return [components] }
    return [
      components,
      .init(name: "t-SNE", x: places.map { tsne[$0]?.first }, y: places.map { tsne[$0]?.dropFirst().first }),
    ]
  }
}
