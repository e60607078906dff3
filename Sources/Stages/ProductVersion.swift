/// What `dfprep --version` prints, and reports name.
package enum ProductVersion {
  package static let number = "0.1.0"
}
