/// What the audit for shortcuts contributes to a report.
extension ReportModel {
  /// How well properties that have nothing to do with a forgery predict the label.
  package struct ShortcutTable: Codable, Hashable, Sendable {
    /// What was audited, in the plural: `files`, `crops`.
    package var name: String
    package var items: Int
    package var realGroups: Int
    package var fakeGroups: Int
    /// Strongest first.
    package var variables: [Shortcut]
    /// All variables at once, and the same with shuffled labels.
    package var together: [Shortcut]
    /// Variables that are the same everywhere.
    package var constant: [String]
    /// What could not be told.
    package var remarks: [String]
    /// The lower end of an interval above which a variable is warned of.
    package var limit: Double

    package init(
      name: String, items: Int, realGroups: Int, fakeGroups: Int, variables: [Shortcut], together: [Shortcut],
      constant: [String] = [], remarks: [String] = [], limit: Double
    ) {
      self.name = name
      self.items = items
      self.realGroups = realGroups
      self.fakeGroups = fakeGroups
      self.variables = variables
      self.together = together
      self.constant = constant
      self.remarks = remarks
      self.limit = limit
    }
  }

  /// One variable of a ``ShortcutTable``.
  package struct Shortcut: Codable, Hashable, Sendable {
    package var name: String
    /// `category`, or where a number is higher.
    package var reading: String
    /// Area under the ROC curve of the variable as a score; `nil` where it cannot be told.
    package var area: AUC?
    /// Mutual information with the label, bits; `nil` for more than one variable.
    package var bits: Double?
    /// Groups with reals, and with fakes.
    package var groups: String
    /// What reals and fakes have.
    package var real: String
    package var fake: String
    /// What helps, where it is warned of.
    package var advice: String?

    package init(
      name: String, reading: String, area: AUC?, bits: Double?, groups: String, real: String, fake: String,
      advice: String? = nil
    ) {
      self.name = name
      self.reading = reading
      self.area = area
      self.bits = bits
      self.groups = groups
      self.real = real
      self.fake = fake
      self.advice = advice
    }
  }
}
