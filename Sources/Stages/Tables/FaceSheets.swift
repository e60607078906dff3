private import Engine
private import Foundation
private import Imaging
private import Records
internal import Reporting

/// Faces for the map: few files of many small pictures, chosen so that every cluster has its share.
enum FaceSheets {
  /// Most faces, and bytes of JPEG, of a report.
  static let faceLimit = 2000
  static let byteLimit = 1_600_000
  private static let facesPerSheet = 400
  /// Pictures that a thread decodes before it takes the next.
  private static let facesPerBlock = 20

  /// Faces of at most ``faceLimit`` members, drawn by key from every cluster in turn.
  static func make(_ members: [ClusterMember], seed: UInt64) throws -> [ReportModel.FaceSheet] {
    let chosen = choose(members, seed: seed)
    let tile = chosen.count <= 500 ? 96 : 64
    var sheets: [ReportModel.FaceSheet] = []
    var bytes = 0
    for start in stride(from: 0, to: chosen.count, by: facesPerSheet) {
      let part = Array(chosen[start..<min(start + facesPerSheet, chosen.count)])
      let columns = Int(Double(part.count).squareRoot().rounded(.up))
      let rows = (part.count + columns - 1) / columns
      var sheet = Image(width: columns * tile, height: rows * tile)
      let entries = part.map { members[$0].entry }
      let faces = try ParallelBlocks.map(of: facesPerBlock, in: entries.count) { block in
        try entries[block].map { try ModelInput.resized(ImageCodec.decode($0.image()), side: tile) }
      }
      for (number, face) in faces.joined().enumerated() {
        sheet.put(face, x: number % columns * tile, y: number / columns * tile)
      }
      let jpeg = Data(try ImageCodec.encode(sheet, as: .jpeg(quality: 72, chroma: 420)))
      bytes += jpeg.count
      guard bytes <= byteLimit else { break }
      sheets.append(.init(jpeg: jpeg, tilePixels: tile, columns: columns, samples: part))
    }
    return sheets
  }

  /// Indexes of members: the first drawn of every cluster, the second of every cluster ...
  private static func choose(_ members: [ClusterMember], seed: UInt64) -> [Int] {
    let places = Dictionary(zip(members.map(\.key), members.indices).map { ($0, $1) }, uniquingKeysWith: { $1 })
    var turns: [Int: Int] = [:]
    let drawn = members.drawn(seed: seed, stage: "faces").map { member in
      let turn = turns[member.cluster, default: 0]
      turns[member.cluster] = turn + 1
      return (turn: turn, member: member)
    }
    return drawn.sorted { ($0.turn, $0.member.cluster) < ($1.turn, $1.member.cluster) }.prefix(faceLimit)
      .compactMap { places[$0.member.key] }
  }
}

extension Image {
  /// Copies another picture into this one.
  ///
  /// - Requires: that it lies within.
  fileprivate mutating func put(_ other: Image, x: Int, y: Int) {
    for row in 0..<other.height {
      let target = ((y + row) * width + x) * 3
      let source = row * other.width * 3
      pixels.replaceSubrange(target..<target + other.width * 3, with: other.pixels[source..<source + other.width * 3])
    }
  }
}
