"""A centre's data: what its file may say, and how it is read from files, text and values."""

from typing import Annotated

from tic_rules.model.frozen import FixedMap
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import (
    Count,
    Day,
    Flag,
    Key,
    Label,
    Money,
    MoneyStock,
    Series,
    Stage,
    String,
    Target,
    Term,
    Truth,
    WordOf,
    Words,
    Year,
)


class Acceptance(Record):
    held: Flag = None
    date: Day = None
    result: Annotated[String, WordOf("acceptance_results")] = None


class Procedure(Record):
    recommended_by: Annotated[Label, WordOf("recommenders")] = None
    filed_with: Annotated[Label, WordOf("recipients")] = None
    led_by: Words = None
    plan_argued_on: Day = None
    plan_experts: Annotated[Words, WordOf("plan_experts")] = None
    plan_improved: Truth = None
    executive_meeting_on: Day = None
    government_agreed: Truth = None
    publicised_without_objection: Truth = None
    approval_document: Label = None
    tasks_detailed: Truth = None
    funds_in_place: Truth = None


class Plan(Record):
    present: Truth = None
    by_host: Truth = None
    sections: Words = None


class Legal(Record):
    independent: Truth = None
    entity_type: Annotated[Label, WordOf("entity_types")] = None
    separate_staff: Truth = None
    separate_assets: Truth = None
    separate_accounts: Truth = None
    fiscal_accounts: Truth = None


class BoardMember(Record):
    name: String = None
    role: Annotated[Label, WordOf("member_roles")] = None
    type: Annotated[Label, WordOf("unit_types")] = None


class Board(Record):
    established: Truth = None
    members: tuple[BoardMember, ...] | None = None
    chair_appointed_by_board: Truth = None
    terms_of_office: Truth = None
    meetings_a_year: Count = None


class Director(Record):
    appointed: Truth = None
    background: Annotated[Label, WordOf("backgrounds")] = None
    nominated_by_board: Truth = None
    appointed_by_board: Truth = None


class ChiefScientist(Record):
    name: String = None
    appointed_by_board: Truth = None


class CommitteeMember(Record):
    name: String = None
    kind: Annotated[Label, WordOf("backgrounds")] = None


class ExpertCommittee(Record):
    established: Truth = None
    members: tuple[CommitteeMember, ...] | None = None
    appointed_by_board: Truth = None
    terms_of_office: Truth = None
    meetings_a_year: Count = None


class Governance(Record):
    charter: Truth = None
    board: Board | None = None
    director: Director | None = None
    chief_scientists: tuple[ChiefScientist, ...] | None = None
    expert_committee: ExpertCommittee | None = None
    party_organisation: Truth = None


class Unit(Record):
    """A host or another builder."""

    name: String = None
    type: Annotated[Label, WordOf("unit_types")] = None
    leading: Truth = None
    legal_entity: Truth = None
    research_service: Truth = None
    carriers: Annotated[Words, WordOf("carriers")] = None


class Base(Record):
    name: String = None
    zone: Annotated[Label, WordOf("zones")] = None


class Institute(Record):
    name: String = None


class Structure(Record):
    core: Truth = None
    network: Truth = None
    bases: tuple[Base, ...] | None = None
    specialised_institutes: tuple[Institute, ...] | None = None


class Contribution(Record):
    date: Day = None
    amount: Money = None
    payer: Annotated[String, WordOf("payers")] = None
    name: String = None
    purpose: Annotated[String, WordOf("purposes")] = None


class Income(Record):
    year: Year = None
    kind: Annotated[String, WordOf("income_kinds")] = None
    amount: Money = None


class Spending(Record):
    date: Day = None
    amount: Money = None
    use: Annotated[String, WordOf("uses")] = None
    audited: Annotated[String, WordOf("audit_results")] = None


class Staff(Record):
    headcount: Count = None
    teams: Count = None
    research: Count = None
    technical_support: Count = None
    management: Count = None
    posts_by_need: Truth = None
    open_recruitment: Truth = None


class Outputs(Record):
    industrial_bases: Count = None
    partner_enterprises: Count = None
    incubated_enterprises: Count = None
    served_enterprises: Count = None


class Services(Record):
    joint_laboratories: Count = None
    contract_research: Count = None


class Project(Record):
    name: String = None
    level: Annotated[String, WordOf("project_levels")] = None
    date: Day = None


class IntellectualProperty(Record):
    agreements: Truth = None


class Indicator(Record):
    target: Target = None
    adjusted: Truth = None


class Evaluation(Record):
    year: Year = None
    kind: Annotated[String, WordOf("evaluation_kinds")] = None
    result: Annotated[String, WordOf("evaluation_results")] = None
    by: Annotated[String, WordOf("evaluators")] = None
    date: Day = None


class Submission(Record):
    """A written report that was sent in."""

    year: Year = None
    submitted_on: Day = None
    sender: Annotated[String, WordOf("senders")] = None
    to: Annotated[String, WordOf("recipients")] = None


class Centre(Subject):
    """A centre's submitted data: what a centre file says."""

    id: String = None
    name: Label = None
    second_name: Label = None
    name_en: Label = None
    second_name_en: Label = None
    jurisdiction: Annotated[String, WordOf("jurisdictions")] = None
    category: Annotated[Label, WordOf("categories")] = None
    fields: Words = None
    forward_looking_field: Truth = None
    zones: Annotated[Words, WordOf("zones")] = None
    regional_strategy: Annotated[Label, WordOf("strategies")] = None
    stage: Stage = None
    applied_on: Day = None
    approved_on: Day = None
    term_years: Term = None
    acceptance: Acceptance | None = None
    procedure: Procedure | None = None
    plan: Plan | None = None
    legal: Legal | None = None
    governance: Governance | None = None
    hosts: tuple[Unit, ...] | None = None
    builders: tuple[Unit, ...] | None = None
    formation_mode: Annotated[Label, WordOf("formation_modes")] = None
    structure: Structure | None = None
    contributions: tuple[Contribution, ...] | None = None
    income: tuple[Income, ...] | None = None
    fiscal_spending: tuple[Spending, ...] | None = None
    fiscal_balance: MoneyStock = None
    staff: Staff | None = None
    outputs: Outputs | None = None
    projects: tuple[Project, ...] | None = None
    services: Services | None = None
    intellectual_property: IntellectualProperty | None = None
    industrial_park: Truth = None
    industry_fund: Truth = None
    team_owned_company: Truth = None
    makes_and_sells_products: Truth = None
    targets: tuple[Year, ...] | None = None
    indicators: FixedMap[Key, Indicator] | None = None
    evaluations: tuple[Evaluation, ...] | None = None
    reports: tuple[Submission, ...] | None = None


def last_name(centre: Centre) -> str | None:
    """The name of a centre; of several through time the last."""
    if isinstance(centre.name, Series):
        return next((entry.value for entry in reversed(centre.name) if entry.value is not None), None)
    return centre.name
