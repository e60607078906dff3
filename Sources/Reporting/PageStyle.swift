/// The look of a page: light and dark, on paper, and down to the width of a telephone.
enum PageStyle {
  static let css = [PackageResources.report_css, PackageResources.explorer_css, PackageResources.print_css]
    .map { String(decoding: $0, as: UTF8.self) }.joined()
}
