"""The flat work as somebody writes it who wants the statuses by rule: one `if` after another, into a
mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def by_ifs(record: Mapping[str, Any]) -> dict[str, str]:
    statuses = {}
    headcount = record.get("headcount")
    if headcount is None:
        statuses["r-1"] = "unknown"
    elif headcount >= 300:
        statuses["r-1"] = "pass"
    else:
        statuses["r-1"] = "fail"
    if headcount is None:
        statuses["r-2"] = "unknown"
    elif headcount <= 5000:
        statuses["r-2"] = "pass"
    else:
        statuses["r-2"] = "fail"
    teams = record.get("teams")
    if teams is None:
        statuses["r-3"] = "unknown"
    elif teams >= 5:
        statuses["r-3"] = "pass"
    else:
        statuses["r-3"] = "fail"
    if teams is None:
        statuses["r-4"] = "unknown"
    elif teams > 2:
        statuses["r-4"] = "pass"
    else:
        statuses["r-4"] = "fail"
    research_staff = record.get("research_staff")
    if research_staff is None:
        statuses["r-5"] = "unknown"
    elif research_staff >= 180:
        statuses["r-5"] = "pass"
    else:
        statuses["r-5"] = "fail"
    technical_support_staff = record.get("technical_support_staff")
    if technical_support_staff is None:
        statuses["r-6"] = "unknown"
    elif technical_support_staff >= 20:
        statuses["r-6"] = "pass"
    else:
        statuses["r-6"] = "fail"
    management_staff = record.get("management_staff")
    if management_staff is None:
        statuses["r-7"] = "unknown"
    elif management_staff <= 60:
        statuses["r-7"] = "pass"
    else:
        statuses["r-7"] = "fail"
    industrial_bases = record.get("industrial_bases")
    if industrial_bases is None:
        statuses["r-8"] = "unknown"
    elif industrial_bases >= 3:
        statuses["r-8"] = "pass"
    else:
        statuses["r-8"] = "fail"
    partner_enterprises = record.get("partner_enterprises")
    if partner_enterprises is None:
        statuses["r-9"] = "unknown"
    elif partner_enterprises >= 50:
        statuses["r-9"] = "pass"
    else:
        statuses["r-9"] = "fail"
    if partner_enterprises is None:
        statuses["r-10"] = "unknown"
    elif partner_enterprises > 20:
        statuses["r-10"] = "pass"
    else:
        statuses["r-10"] = "fail"
    incubated = record.get("incubated")
    if incubated is None:
        statuses["r-11"] = "unknown"
    elif incubated >= 10:
        statuses["r-11"] = "pass"
    else:
        statuses["r-11"] = "fail"
    served = record.get("served")
    if served is None:
        statuses["r-12"] = "unknown"
    elif served >= 500:
        statuses["r-12"] = "pass"
    else:
        statuses["r-12"] = "fail"
    joint_laboratories = record.get("joint_laboratories")
    if joint_laboratories is None:
        statuses["r-13"] = "unknown"
    elif joint_laboratories >= 1:
        statuses["r-13"] = "pass"
    else:
        statuses["r-13"] = "fail"
    contract_research = record.get("contract_research")
    if contract_research is None:
        statuses["r-14"] = "unknown"
    elif contract_research >= 1:
        statuses["r-14"] = "pass"
    else:
        statuses["r-14"] = "fail"
    if contract_research is None:
        statuses["r-15"] = "unknown"
    elif contract_research < 400:
        statuses["r-15"] = "pass"
    else:
        statuses["r-15"] = "fail"
    investment = record.get("investment")
    if investment is None:
        statuses["r-16"] = "unknown"
    elif investment >= 1000000000:
        statuses["r-16"] = "pass"
    else:
        statuses["r-16"] = "fail"
    provincial_subsidy = record.get("provincial_subsidy")
    if provincial_subsidy is None:
        statuses["r-17"] = "unknown"
    elif provincial_subsidy <= 200000000:
        statuses["r-17"] = "pass"
    else:
        statuses["r-17"] = "fail"
    local_subsidy = record.get("local_subsidy")
    if local_subsidy is None:
        statuses["r-18"] = "unknown"
    elif local_subsidy > 0:
        statuses["r-18"] = "pass"
    else:
        statuses["r-18"] = "fail"
    fiscal_balance = record.get("fiscal_balance")
    if fiscal_balance is None:
        statuses["r-19"] = "unknown"
    elif fiscal_balance <= 30000000:
        statuses["r-19"] = "pass"
    else:
        statuses["r-19"] = "fail"
    spending_total = record.get("spending_total")
    if spending_total is None:
        statuses["r-20"] = "unknown"
    elif spending_total > 0:
        statuses["r-20"] = "pass"
    else:
        statuses["r-20"] = "fail"
    builder_count = record.get("builder_count")
    if builder_count is None:
        statuses["r-21"] = "unknown"
    elif builder_count >= 1:
        statuses["r-21"] = "pass"
    else:
        statuses["r-21"] = "fail"
    base_count = record.get("base_count")
    if base_count is None:
        statuses["r-22"] = "unknown"
    elif base_count >= 2:
        statuses["r-22"] = "pass"
    else:
        statuses["r-22"] = "fail"
    board_meetings = record.get("board_meetings")
    if board_meetings is None:
        statuses["r-23"] = "unknown"
    elif board_meetings >= 1:
        statuses["r-23"] = "pass"
    else:
        statuses["r-23"] = "fail"
    if board_meetings is None:
        statuses["r-24"] = "unknown"
    elif board_meetings <= 12:
        statuses["r-24"] = "pass"
    else:
        statuses["r-24"] = "fail"
    committee_meetings = record.get("committee_meetings")
    if committee_meetings is None:
        statuses["r-25"] = "unknown"
    elif committee_meetings >= 1:
        statuses["r-25"] = "pass"
    else:
        statuses["r-25"] = "fail"
    independent = record.get("independent")
    if independent is None:
        statuses["r-26"] = "unknown"
    elif independent:
        statuses["r-26"] = "pass"
    else:
        statuses["r-26"] = "fail"
    charter = record.get("charter")
    if charter is None:
        statuses["r-27"] = "unknown"
    elif charter:
        statuses["r-27"] = "pass"
    else:
        statuses["r-27"] = "fail"
    party_organisation = record.get("party_organisation")
    if party_organisation is None:
        statuses["r-28"] = "unknown"
    elif party_organisation:
        statuses["r-28"] = "pass"
    else:
        statuses["r-28"] = "fail"
    entity_type = record.get("entity_type")
    if entity_type is None:
        statuses["r-29"] = "unknown"
    elif entity_type in ("enterprise", "research_service_enterprise", "public_institution"):
        statuses["r-29"] = "pass"
    else:
        statuses["r-29"] = "fail"
    category = record.get("category")
    if category is None:
        statuses["r-30"] = "unknown"
    elif category == "field":
        statuses["r-30"] = "pass"
    else:
        statuses["r-30"] = "fail"
    return statuses
