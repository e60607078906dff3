package import Records

/// One table of datasets.toml.
package struct DatasetDeclaration: Codable, Hashable, Sendable {
  package var name: String
  /// Name of a reader, see ``DatasetReaders``.
  package var layout: String
  /// Absolute path of the dataset's folder.
  package var root: String
  /// ``root`` as it is written in the file.
  package var declaredRoot: String
  package var input: InputKind
  /// For people and the dataset card.
  package var license: String?
  /// `known`, `unknown-current` or `unknown-post`.
  package var domain: String?
  /// What only some layouts have.
  package var options: LayoutOptions

  package init(
    name: String, layout: String, root: String, declaredRoot: String? = nil, input: InputKind = .frame,
    license: String? = nil, domain: String? = nil, options: LayoutOptions = LayoutOptions()
  ) {
    self.name = name
    self.layout = layout
    self.root = root
    self.declaredRoot = declaredRoot ?? root
    self.input = input
    self.license = license
    self.domain = domain
    self.options = options
  }

  /// A source of this dataset, with what the declaration says of all its sources.
  func source(_ path: String, _ label: Label) -> Source {
    Source(dataset: name, path: path, label: label, domain: domain, input: input)
  }
}
