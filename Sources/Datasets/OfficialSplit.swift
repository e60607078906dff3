/// Names of a dataset's own splits.
enum OfficialSplit {
  /// `train`, `validation` or `test`, however a dataset writes it; `nil` for anything else.
  static func name(_ written: String) -> String? {
    switch written.lowercased() {
    case "train": "train"
    case "val", "valid", "validation": "validation"
    case "test": "test"
    default: nil
    }
  }
}
