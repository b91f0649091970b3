"""Who may reach whom, as the rack file has it and as packets last found it.

    chart     places, and what each may open to each other (pure)
    measured  the last matrix of the twin, held against the chart
    words     what a cell says
    drawing   the chart as a picture
    pages     the page, the picture of the cables, the rack file

Changes nothing: the rack file is the truth, and each rule leads to its line there.
"""
