package import Records

/// Keys of datasets.toml that only some layouts have, see ``DatasetReader/options``.
package struct LayoutOptions: Codable, Hashable, Sendable {
  /// `parts`: numbers of the parts to take, `nil` for all that are there. Layout `dfdc`.
  package var parts: [Int]?
  /// `compression`: levels to take, `nil` for all that are there. Layout `faceforensics`.
  package var compression: [String]?
  /// `variants`: folders of manipulated videos to take, `nil` for all that are there. Layout `deeperforensics`.
  package var variants: [String]?
  /// `list`: path of the list below the root. Layout `csv`.
  package var list: String?
  /// `label`: `cls`, or `json:` and a key. Layout `webdataset`.
  package var label: String?
  /// `one`: what the digit 1 means in the labels. Layouts `csv`, `webdataset`.
  package var one: Label?

  package init(
    parts: [Int]? = nil, compression: [String]? = nil, variants: [String]? = nil, list: String? = nil,
    label: String? = nil, one: Label? = nil
  ) {
    self.parts = parts
    self.compression = compression
    self.variants = variants
    self.list = list
    self.label = label
    self.one = one
  }
}
