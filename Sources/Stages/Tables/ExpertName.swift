internal import Foundation

/// Which model of a recipe with one per fold: fold, and seed where `seeds` names several; what its files begin with.
struct ExpertName: Hashable, Comparable, CustomStringConvertible {
  let fold: Int
  /// `nil` for the run's own.
  let seed: Int?

  init(fold: Int, seed: Int?) { (self.fold, self.seed) = (fold, seed) }

  /// `3`, or `3-s17`; `nil` for anything else.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let fold = Int(parts[0]), parts.count <= 2 else { return nil }
    self.fold = fold
    if parts.count == 1 {
      seed = nil
    } else {
      guard parts[1].hasPrefix("s"), let number = Int(parts[1].dropFirst()) else { return nil }
      seed = number
    }
    guard description == text else { return nil }
  }

  var description: String { seed.map { "\(fold)-s\($0)" } ?? "\(fold)" }

  static func < (left: ExpertName, right: ExpertName) -> Bool {
    (left.fold, left.seed ?? -1) < (right.fold, right.seed ?? -1)
  }

  /// Names of the models in a folder, in order.
  static func all(in folder: URL) throws -> [ExpertName] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
      .filter { $0.hasSuffix(fileEnding) }.compactMap { ExpertName($0.dropLast(fileEnding.count)) }.sorted()
  }

  private static let fileEnding = ".safetensors"
  var modelFile: String { "\(self)\(Self.fileEnding)" }
  /// The same with the weights of an epoch, from 0; people count from 1.
  func modelFile(ofEpoch epoch: Int) -> String { "\(self)-\(epoch + 1)\(Self.fileEnding)" }
  /// Where these are, below the experts.
  static let epochFolder = "epochs"
}
