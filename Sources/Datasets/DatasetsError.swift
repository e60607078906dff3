/// Why datasets.toml or a dataset's folder could not be read.
package struct DatasetsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case badDeclaration = "bad-declaration"
    case badSyntax = "bad-syntax"
    case emptyRoot = "empty-root"
    case missingRoot = "missing-root"
    case unknownDataset = "unknown-dataset"
    case unreadable
  }

  package let code: Code
  /// Says what, where, and what to do; one line per fault.
  package let message: String
  package var description: String { message }
}
