"""Creating, editing, archiving and deleting in Go's registers. Members are named as in the API (PascalCase)."""

from collections.abc import Callable

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms import addresses, items, staff
from sandbox.poweroffice.forms import customers as customer_forms
from sandbox.poweroffice.forms.members import Model
from sandbox.poweroffice.registries import customers, departments, employees, persons, products, projects
from sandbox.store import Row, Table
from sandbox.system import ActionError, Json

Change = Callable[[Company, Row, Row], Row]


class RegistryDesk:
    """Registers. An object is named by "id", or by "number" or "code"; the rest of the arguments are members."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def _named(self, table: Table, arguments: Json) -> tuple[Row, Row]:
        """(the row, the members to change)."""
        members = dict(arguments)
        row_id, key = members.pop("id", None), members.pop("number", None) or members.pop("code", None)
        if row_id is not None:
            row = table.get(row_id)
        else:
            index = "Number" if table in (self._company.customers, self._company.employees) else "Code"
            row = next(iter(table.find(index, key)), None)
        if row is None:
            raise ActionError(f"nothing found by {row_id if row_id is not None else key!r}")
        return row, members

    def _edited(self, table: Table, form: Model, change: Change, arguments: Json) -> Row:
        row, members = self._named(table, arguments)
        return change(self._company, row, form.refuse_faults(members))

    def create_customer(self, arguments: Json) -> Json:
        """A new customer: members of POST /Customers."""
        body = customer_forms.CUSTOMER_POST.refuse_faults(dict(arguments))
        return {"customer": customers.shown(self._company, customers.create(self._company, body))}

    def edit_customer(self, arguments: Json) -> Json:
        """Edits a customer: {"id"|"number", members ...}."""
        table, form = self._company.customers, customer_forms.CUSTOMER_PATCH
        return {"customer": customers.shown(self._company, self._edited(table, form, customers.change, arguments))}

    def archive_customer(self, arguments: Json) -> Json:
        """Archives a customer: {"id"|"number"}; refused while it has ledger balances."""
        return self.edit_customer({**arguments, "IsArchived": True})

    def delete_customer(self, arguments: Json) -> Json:
        """Deletes an unused customer: {"id"|"number"}."""
        row, _ = self._named(self._company.customers, arguments)
        customers.delete(self._company, row["Id"])
        return {"deleted": customers.shown(self._company, row)}

    def create_contact_person(self, arguments: Json) -> Json:
        """A new contact person of a customer: {"id"|"number" of the customer, members of POST /ContactPersons}."""
        row, members = self._named(self._company.customers, arguments)
        body = addresses.CONTACT_PERSON_POST.refuse_faults(members)
        return {"contact_person": persons.shown(persons.create(self._company, row["Id"], body))}

    def create_project(self, arguments: Json) -> Json:
        """A new project: members of POST /Projects; without a Code it gets the next number."""
        body = items.PROJECT_POST.refuse_faults(dict(arguments))
        return {"project": projects.shown(self._company, projects.create(self._company, body))}

    def edit_project(self, arguments: Json) -> Json:
        """Edits a project: {"id"|"code", members ...}."""
        table, form = self._company.projects, items.PROJECT_PATCH
        return {"project": projects.shown(self._company, self._edited(table, form, projects.change, arguments))}

    def archive_project(self, arguments: Json) -> Json:
        """Closes a project: {"id"|"code"} becomes archived and inactive."""
        return self.edit_project({**arguments, "ProjectStatus": "Archived", "IsActive": False})

    def delete_project(self, arguments: Json) -> Json:
        """Deletes a project that nothing refers to: {"id"|"code"}."""
        row, _ = self._named(self._company.projects, arguments)
        company, row_id = self._company, row["Id"]
        on_lines = any(line.get("ProjectId") == row_id for order in company.orders for line in order["SalesOrderLines"])
        posted = any(each.get("ProjectId") == row_id for each in company.transactions)
        if on_lines or posted or company.projects.find("ParentProjectId", row_id):
            raise ActionError(f"project {row['Code']} is in use")
        return {"deleted": projects.shown(company, company.projects.delete(row_id))}

    def create_product(self, arguments: Json) -> Json:
        """A new product: members of POST /Products."""
        body = items.PRODUCT_POST.refuse_faults(dict(arguments))
        return {"product": products.shown(self._company, products.create(self._company, body))}

    def edit_product(self, arguments: Json) -> Json:
        """Edits a product: {"id"|"code", members ...}."""
        table, form = self._company.products, items.PRODUCT_PATCH
        return {"product": products.shown(self._company, self._edited(table, form, products.change, arguments))}

    def archive_product(self, arguments: Json) -> Json:
        """Archives a product: {"id"|"code"}."""
        return self.edit_product({**arguments, "IsArchived": True})

    def create_department(self, arguments: Json) -> Json:
        """A new department: members of POST /Departments, active unless said otherwise."""
        body = staff.DEPARTMENT_POST.refuse_faults({"IsActive": True, **arguments})
        return {"department": departments.shown(self._company, departments.create(self._company, body))}

    def edit_department(self, arguments: Json) -> Json:
        """Edits a department: {"id"|"code", members ...}."""
        table, form = self._company.departments, staff.DEPARTMENT_PATCH
        return {
            "department": departments.shown(self._company, self._edited(table, form, departments.change, arguments))
        }

    def create_employee(self, arguments: Json) -> Json:
        """A new employee: members of POST /Employees."""
        body = staff.EMPLOYEE_POST.refuse_faults(dict(arguments))
        return {"employee": employees.shown(self._company, employees.create(self._company, body))}

    def edit_employee(self, arguments: Json) -> Json:
        """Edits an employee: {"id"|"number", members ...}."""
        table, form = self._company.employees, staff.EMPLOYEE_PATCH
        return {"employee": employees.shown(self._company, self._edited(table, form, employees.change, arguments))}
