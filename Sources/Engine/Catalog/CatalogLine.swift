internal import Foundation
internal import Records

/// What the catalog holds of one line of `samples.jsonl`, read many times quicker than all of it: a large run has millions.
///
/// The reader takes any JSON of the line's shape, members in any order, and passes over what it does not know.
struct CatalogLine {
  var key = ""
  var dataset = ""
  var path = ""
  var family = ""
  var label = 0
  var method: String?
  var variant = ""
  var pts: Int64 = 0
  var timeBase = (numerator: 0, denominator: 0)
  var track = 0
  var facePixels = 0.0
  var sharpness = 0.0
  var score = 0.0
  var parents: [String] = []
  var digest = ""
  var offset = 0
  var length = 0
  var archive: String?

  var sourceName: String { "\(dataset)/\(path)" }

  /// Calls `body` with every line of a unit, in the file's order.
  static func forEach(in folder: URL, _ body: (CatalogLine) throws -> Void) throws {
    let file = folder.appending(path: "samples.jsonl")
    try Data(contentsOf: file, options: .mappedIfSafe).withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      while reader.skipSpace() {
        do { try body(CatalogLine(&reader)) } catch let error as JSONReader.Malformed {
          throw ToolError(
            .failed, "\(file.path(percentEncoded: false)) is not what this version writes: byte \(error.position)")
        }
      }
    }
  }

  init(_ reader: inout JSONReader) throws {
    try reader.members { name, reader in
      switch name {
      case "digest": digest = try reader.string()
      case "offset": offset = try Int(reader.integer())
      case "length": length = try Int(reader.integer())
      case "archive": archive = try reader.optional { try $0.string() }
      case "sample": try readSample(&reader)
      default: try reader.skip()
      }
    }
  }

  /// What is read of a sample.
  private enum Field: String {
    case key, dataset, path, family, label, method, variant, pts, track, parents, timeBase, quality, face
  }

  private mutating func readSample(_ reader: inout JSONReader) throws {
    try reader.members { name, reader in
      switch Field(rawValue: name.text) {
      case .key: key = try reader.string()
      case .dataset: dataset = try reader.string()
      case .path: path = try reader.string()
      case .family: family = try reader.string()
      case .label: label = try Int(reader.integer())
      case .method: method = try reader.optional { try $0.string() }
      case .variant: variant = try reader.string()
      case .pts: pts = try reader.integer()
      case .track: track = try Int(reader.integer())
      case .parents: try reader.elements { parents.append(try $0.string()) }
      case .timeBase:
        try reader.members { name, reader in
          switch name {
          case "numerator": timeBase.numerator = try Int(reader.integer())
          case "denominator": timeBase.denominator = try Int(reader.integer())
          default: try reader.skip()
          }
        }
      case .quality:
        try reader.members { name, reader in
          switch name {
          case "facePixels": facePixels = try reader.number()
          case "sharpness": sharpness = try reader.number()
          default: try reader.skip()
          }
        }
      case .face:
        try reader.members { name, reader in
          if name == "score" { score = try reader.number() } else { try reader.skip() }
        }
      case nil: try reader.skip()
      }
    }
  }
}
